import { readFile } from "node:fs/promises";
import type { Mapping } from "../../hypercube/mars/document.ts";

/** The user's mistakes on the command line. */
export class Misuse extends Error {}

/** Options that say what is to be cut out. */
export interface FeatureOptions {
	readonly point: readonly string[];
	readonly "profile-at": readonly string[];
	readonly box?: string | undefined;
	readonly circle?: string | undefined;
	readonly polygon?: string | undefined;
	readonly feature?: string | undefined;
}

/** The features of a command line, as requests have them. @throws Misuse */
export async function featuresOf({
	point,
	"profile-at": profile,
	box,
	circle,
	polygon,
	feature,
}: FeatureOptions): Promise<Mapping[]> {
	const features: Mapping[] = [];
	if (point.length > 0)
		features.push({
			type: "position",
			points: point.map((text) => placeOf("--point", text)),
		});
	if (profile.length > 0)
		features.push({
			type: "verticalprofile",
			points: profile.map((text) => placeOf("--profile-at", text)),
		});
	if (box !== undefined) features.push(boxOf(box));
	if (circle !== undefined) features.push(circleOf(circle));
	if (polygon !== undefined)
		features.push({ type: "polygon", shape: await shapeOf(polygon) });
	if (feature !== undefined)
		features.push(parsed(feature, "--feature is no JSON"));
	return features;
}

const placeOf = (option: string, text: string): number[] =>
	numbers(option, "LAT,LON", text, text.split(","));

function boxOf(text: string): Mapping {
	const form = "SOUTH,WEST,NORTH,EAST";
	const [south = 0, west = 0, north = 0, east = 0] = numbers(
		"--box",
		form,
		text,
		text.split(","),
	);
	const points = [
		[north, west],
		[south, east],
	];
	return { type: "boundingbox", points };
}

function circleOf(text: string): Mapping {
	const form = "LAT,LON,RADIUS";
	const [latitude = "", longitude = "", radius = "", ...more] = text.split(",");
	if (radius.trim() === "" || more.length > 0)
		throw misfit("--circle", form, text);
	const center = numbers("--circle", form, text, [latitude, longitude], 2);
	return { type: "circle", center: [center], radius };
}

/** As many numbers as the form has parts. */
function numbers(
	option: string,
	form: string,
	text: string,
	parts: readonly string[],
	count = form.split(",").length,
): number[] {
	const found = parts.map((part) => (part.trim() === "" ? Number.NaN : +part));
	if (found.length !== count || !found.every(Number.isFinite))
		throw misfit(option, form, text);
	return found;
}

const misfit = (option: string, form: string, text: string): Misuse =>
	new Misuse(`${option} takes ${form}, not '${text}'`);

/** WKT as it is; of a file, what is in it. */
async function shapeOf(text: string): Promise<string | Mapping> {
	if (text.includes("(")) return text;
	const contents = await readFile(text, "utf8").catch((cause: unknown) => {
		const why = cause instanceof Error ? cause.message : String(cause);
		throw new Misuse(
			`--polygon takes WKT, or a file of it or of GeoJSON: ${why}`,
		);
	});
	return contents.trimStart().startsWith("{")
		? parsed(contents, `${text} is no JSON`)
		: contents;
}

function parsed(text: string, what: string): Mapping {
	try {
		return JSON.parse(text);
	} catch (cause) {
		const why = cause instanceof Error ? cause.message : String(cause);
		throw new Misuse(`${what}: ${why}`);
	}
}
