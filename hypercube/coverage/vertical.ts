/** What the levels of a level type count. */
export interface VerticalAxis {
	readonly name: string;
	readonly direction: "up" | "down";
	readonly unit: string;
	/** CF standard name, where there is one. */
	readonly standardName?: string;
}

/** By MARS `levtype`. */
const axes: Readonly<Record<string, VerticalAxis>> = {
	pl: {
		name: "Pressure",
		direction: "down",
		unit: "hPa",
		standardName: "air_pressure",
	},
	ml: {
		name: "Model level",
		direction: "down",
		unit: "1",
		standardName: "model_level_number",
	},
	hl: {
		name: "Height above ground",
		direction: "up",
		unit: "m",
		standardName: "height",
	},
	pt: {
		name: "Potential temperature",
		direction: "up",
		unit: "K",
		standardName: "air_potential_temperature",
	},
	pv: {
		name: "Potential vorticity",
		direction: "up",
		unit: "10-9 K m2 kg-1 s-1",
		standardName: "ertel_potential_vorticity",
	},
	dp: {
		name: "Depth below sea level",
		direction: "down",
		unit: "m",
		standardName: "depth",
	},
	o3d: { name: "Ocean level", direction: "down", unit: "1" },
	sol: { name: "Soil layer", direction: "down", unit: "1" },
};

/** The vertical axis of a level type; of one that is not known, a number without unit. */
export const verticalAxis = (levtype: string | undefined): VerticalAxis =>
	axes[levtype ?? ""] ?? { name: "Level", direction: "up", unit: "1" };
