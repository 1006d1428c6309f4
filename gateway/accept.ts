import {
	type CoercionConfig,
	coerce,
	DEFAULT_COERCION,
} from "../hypercube/mars/coerce.ts";
import { parseDocument } from "../hypercube/mars/document.ts";
import { RequestError } from "../hypercube/mars/errors.ts";
import {
	type Collection,
	chooseDatasource,
} from "../services/collections/collection.ts";
import type { User } from "../services/collections/user.ts";
import { checkFeature } from "./feature.ts";
import { Problem } from "./problem.ts";
import { refuseRoundedNumbers, type Submission } from "./submission.ts";

export interface Asked {
	/** As posted: text, or a JSON value. */
	readonly request: unknown;
	readonly collection: Collection;
	readonly user: User;
	/** The moment that relative dates mean. */
	readonly now: Date;
	readonly coercion: CoercionConfig | undefined;
	readonly verb: Submission["verb"];
}

/** A request that some datasource will take. */
export interface Accepted {
	/** The coerced and matched form, JSON text. */
	readonly coerced: string;
	readonly datasource: string;
}

/**
 * Reads a request document, coerces it and looks for its datasource, so that what cannot be served is refused while the
 * user is there, and not by a worker later.
 *
 * @throws Problem 400 with every reason
 */
export async function accept({
	request,
	collection,
	user,
	now,
	coercion = DEFAULT_COERCION,
	verb,
}: Asked): Promise<Accepted> {
	const found = await refusing(async () => {
		const document = parseDocument(request);
		refuseRoundedNumbers(request);
		const chosen = chooseDatasource(
			collection,
			coerce(document, { now, config: coercion }),
			user,
			now,
			coercion,
			verb,
		);
		if (chosen.matched) await checkFeature(chosen);
		return chosen;
	});
	if (!found.matched) throw new Problem(400, found.message);
	return {
		coerced: JSON.stringify(found.request),
		datasource: found.datasource.name,
	};
}

async function refusing<T>(work: () => Promise<T>): Promise<T> {
	try {
		return await work();
	} catch (reason) {
		if (reason instanceof RequestError) throw new Problem(400, reason.message);
		throw reason;
	}
}
