/** A collection or datasource is configured so that it cannot work. For the operator; users are told which rule. */
export class CollectionConfigError extends Error {
	constructor(message: string) {
		super(message);
		this.name = "CollectionConfigError";
	}
}
