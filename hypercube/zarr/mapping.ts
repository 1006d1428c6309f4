/** What the operator says of a Zarr beyond what it says of itself. */
export interface ZarrMapping {
	/** MARS keys that all its fields have: `class: od`. They win over what is found. */
	readonly keys?: Readonly<Record<string, string>>;
	/** Variables by name, with the parameter that each is: an id (`167`) or MARS's short name (`2t`). */
	readonly params?: Readonly<Record<string, string | number>>;
	/**
	 * Dimensions by name, with what they run along: a MARS key, or `latitude` and `longitude`. `date` and `time` both mean
	 * the reference time, and give both keys; `valid` is the time at which the data holds.
	 */
	readonly dimensions?: Readonly<Record<string, string>>;
}
