import type { Spot } from "./outline.ts";
import type { Frame, Scene } from "./scene.ts";

/** Middle tones, which stand out from white and from black. */
const INK = "#7d8590";
const SELECTED = "#2f81f7";
const SHAPE = "#d9730d";

/** Pixels. */
const WIDEST = 620;
const HIGHEST = 400;
const LEFT = 44;
const TOP = 10;
const RIGHT = 14;
const BELOW = 52;

/** Where a picture puts longitudes and latitudes: equal lengths look equal at its middle. */
export interface Plot {
	readonly width: number;
	readonly height: number;
	x(longitude: number): number;
	y(latitude: number): number;
}

export function plotOf({ south, north, west, east }: Frame): Plot {
	const narrow = Math.cos((((south + north) / 2) * Math.PI) / 180);
	const scale = Math.min(
		WIDEST / ((east - west) * narrow),
		HIGHEST / (north - south),
	);
	return {
		width: (east - west) * narrow * scale,
		height: (north - south) * scale,
		x: (longitude) => LEFT + (longitude - west) * narrow * scale,
		y: (latitude) => TOP + (north - latitude) * scale,
	};
}

/** The picture as SVG: no fonts, no background, no script. */
export function draw(scene: Scene, title: string): string {
	const plot = plotOf(scene.frame);
	const signs = legend(scene);
	const width = Math.ceil(Math.max(LEFT + plot.width + RIGHT, signs.width));
	const height = Math.ceil(TOP + plot.height + BELOW);
	const inner = `x="${LEFT}" y="${TOP}" width="${tenth(plot.width)}" height="${tenth(plot.height)}"`;
	return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="sans-serif" font-size="11">
<title>${title}</title>
<clipPath id="plot"><rect ${inner}/></clipPath>
${graticule(scene.frame, plot)}
<rect ${inner} fill="none" stroke="${INK}" stroke-opacity="0.6"/>
<g clip-path="url(#plot)">
${[...shape(scene, plot), ...points(scene, plot), ...asked(scene, plot)].join("\n")}
</g>
<g transform="translate(0 ${height - 12})">
${signs.text}
</g>
</svg>
`;
}

function shape({ outline, places, path }: Scene, plot: Plot): string[] {
	const { fills, edges } = outline;
	return [
		...(fills.length > 0
			? [
					`<path d="${fills.map((fill) => `${line(fill, plot)}Z`).join("")}" fill="${SHAPE}" fill-opacity="0.16"/>`,
					`<path d="${edges.map((edge) => line(edge, plot)).join("")}" fill="none" stroke="${SHAPE}" stroke-width="1.5"/>`,
				]
			: []),
		...(path
			? [
					`<path d="${line(places, plot)}" fill="none" stroke="${SHAPE}" stroke-width="1.5" stroke-dasharray="5 3"/>`,
				]
			: []),
	];
}

function points({ selected, others }: Scene, plot: Plot): string[] {
	const dots = (spots: readonly Spot[], radius: number): string =>
		spots
			.map(
				([longitude, latitude]) =>
					`<circle cx="${tenth(plot.x(longitude))}" cy="${tenth(plot.y(latitude))}" r="${radius}"/>`,
			)
			.join("\n");
	return [
		`<g fill="none" stroke="${INK}">`,
		dots(others, 2.5),
		"</g>",
		`<g id="selected" fill="${SELECTED}">`,
		dots(selected, 3.5),
		"</g>",
	];
}

/** Crosses at places, each with a line to the point that it gets. */
function asked({ places, nearest }: Scene, plot: Plot): string[] {
	const links = nearest.map((spot, at) =>
		line([places[at] ?? spot, spot], plot),
	);
	const crosses = places.map(([longitude, latitude]) =>
		cross(plot.x(longitude), plot.y(latitude)),
	);
	return [
		...(links.length > 0
			? [`<path d="${links.join("")}" stroke="${SELECTED}"/>`]
			: []),
		...(crosses.length > 0
			? [`<path d="${crosses.join("")}" stroke="${SHAPE}" stroke-width="2"/>`]
			: []),
	];
}

const cross = (x: number, y: number): string =>
	`M${tenth(x - 4)} ${tenth(y - 4)}l8 8m0-8l-8 8`;

function line(spots: readonly Spot[], plot: Plot): string {
	return spots
		.map(
			([longitude, latitude], at) =>
				`${at === 0 ? "M" : "L"}${tenth(plot.x(longitude))} ${tenth(plot.y(latitude))}`,
		)
		.join("");
}

function graticule({ south, north, west, east }: Frame, plot: Plot): string {
	const [right, bottom] = [LEFT + plot.width, TOP + plot.height];
	const parallels = marks(south, north).map((latitude) => {
		const y = tenth(plot.y(latitude));
		return {
			line: `M${LEFT} ${y}H${tenth(right)}`,
			label: `<text x="${LEFT - 6}" y="${tenth(plot.y(latitude) + 4)}" text-anchor="end">${degrees(latitude, "N", "S")}</text>`,
		};
	});
	const meridians = marks(west, east).map((longitude) => {
		const x = tenth(plot.x(longitude));
		const turned = longitude - Math.ceil((longitude - 180) / 360) * 360;
		return {
			line: `M${x} ${TOP}V${tenth(bottom)}`,
			label: `<text x="${x}" y="${tenth(bottom + 15)}" text-anchor="middle">${degrees(turned, "E", "W")}</text>`,
		};
	});
	const all = [...parallels, ...meridians];
	return `<path d="${all.map(({ line }) => line).join("")}" stroke="${INK}" stroke-opacity="0.3"/>
<g fill="${INK}">
${all.map(({ label }) => label).join("\n")}
</g>`;
}

/** Round numbers between two, a handful. */
function marks(from: number, to: number): number[] {
	const step =
		[1, 2, 5, 10, 20, 30].find((one) => (to - from) / one <= 7) ?? 60;
	const first = Math.ceil(from / step);
	const count = Math.floor(to / step) - first + 1;
	return Array.from({ length: count }, (_, at) => (first + at) * step);
}

function degrees(value: number, positive: string, negative: string): string {
	const letter = value % 180 === 0 ? "" : value > 0 ? positive : negative;
	return `${Math.abs(value)}°${letter}`;
}

/** What the signs mean, and how many points are selected. */
function legend(scene: Scene): {
	readonly text: string;
	readonly width: number;
} {
	let x = 12;
	const entries = signsOf(scene).map(([sign, text]) => {
		const entry = `<g transform="translate(${x} 0)">${sign}<text x="15" fill="${INK}">${text}</text></g>`;
		x += 30 + Math.round(text.length * 5.6);
		return entry;
	});
	return { text: entries.join("\n"), width: x };
}

type Sign = readonly [sign: string, text: string];

function signsOf({ selected, places, outline, path }: Scene): Sign[] {
	const area: Sign = [
		`<rect y="-9" width="10" height="10" fill="${SHAPE}" fill-opacity="0.16" stroke="${SHAPE}"/>`,
		"the area",
	];
	const crosses: Sign = [
		`<path d="${cross(5, -4)}" stroke="${SHAPE}" stroke-width="2"/>`,
		path ? "vertices" : "places asked for",
	];
	return [
		[
			`<circle cx="5" cy="-4" r="3.5" fill="${SELECTED}"/>`,
			`selected (${selected.length})`,
		],
		[
			`<circle cx="5" cy="-4" r="2.5" fill="none" stroke="${INK}"/>`,
			"other points of the grid",
		],
		...(outline.fills.length > 0 ? [area] : []),
		...(places.length > 0 ? [crosses] : []),
	];
}

const tenth = (value: number): string => String(Number(value.toFixed(1)));
