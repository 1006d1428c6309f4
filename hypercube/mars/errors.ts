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
