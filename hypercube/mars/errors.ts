/**
 * What is wrong with a user's request document, every fault at once.
 *
 * The only thing the parsing side of this folder throws; the message is written for the user and names each fault.
 */
export class RequestError extends Error {
	readonly faults: readonly string[];

	constructor(faults: readonly string[], message: string = faults.join("\n")) {
		super(message);
		this.name = "RequestError";
		this.faults = faults;
	}
}

/**
 * Reads several parts of one request, each to its end, so that the user hears of all faults of all parts at once.
 * @throws RequestError with the faults of all of them, in their order
 */
export async function readAll<A, B>(
	one: () => A | Promise<A>,
	other: () => B | Promise<B>,
): Promise<[A, B]> {
	const faults: string[] = [];
	const found = async <T>(read: () => T | Promise<T>) => {
		try {
			return { value: await read() };
		} catch (reason) {
			if (!(reason instanceof RequestError)) throw reason;
			faults.push(...reason.faults);
			return undefined;
		}
	};
	const first = await found(one);
	const second = await found(other);
	if (first === undefined || second === undefined)
		throw new RequestError(faults);
	return [first.value, second.value];
}
