import type { AreaDomain, Domain, Points } from "../../cube/coverage.ts";
import type { Attributes, Dimension } from "../../netcdf/classic/header.ts";
import { placesOf } from "../count.ts";
import { coordinate } from "../numbers.ts";
import { placesIn } from "../places.ts";
import { type PlaceColumn, placeColumnsOf } from "./columns.ts";
import * as describe from "./describe.ts";
import { productOf, turned } from "./product.ts";
import type { Survey } from "./survey.ts";

/** What coverages that are alike run along. */
export interface Inner {
	readonly dimensions: readonly Dimension[];
	readonly coordinates: readonly {
		readonly name: string;
		readonly attributes: Attributes;
		readonly along: readonly Dimension[];
		/** Whether all coverages have the same. */
		readonly shared: boolean;
		of(domain: Domain): Iterable<Float64Array>;
	}[];
	/** How the values come to lie along it, where not as they are read. */
	arranged?(slices: AsyncIterable<Float64Array>): AsyncIterable<Float64Array>;
}

export async function innerOf(survey: Survey): Promise<Inner> {
	const { domain } = survey.first;
	return domain.type === "MultiPoint"
		? areaInner(survey, domain)
		: lineInner(survey);
}

/** One dimension; it is called by its coordinate where all coverages share that. */
function lineInner(survey: Survey): Inner {
	const { domain } = survey.first;
	const { same, any } = survey;
	const line = domain.type !== "Trajectory";
	const shared: Readonly<Record<string, boolean>> = {
		time: line && same.times,
		forecast_period: line && same.steps,
		forecast_reference_time: line && same.times && same.steps,
		level: line && same.levels,
	};
	const names =
		domain.type === "VerticalProfile"
			? ["level"]
			: ["time", ...(any.step ? ["forecast_period"] : [])];
	const name = names.find((one) => shared[one]) ?? "obs";
	const along = [{ name, length: placesOf(domain) }];
	const coordinates = placeColumnsOf(survey).map((column) => ({
		name: column.name,
		attributes: column.attributes,
		along,
		shared: shared[column.name] ?? false,
		of: (domain: Domain) => numbersOf(column, domain),
	}));
	return { dimensions: along, coordinates };
}

function* numbersOf(
	column: PlaceColumn,
	domain: Domain,
): Generator<Float64Array, void, undefined> {
	for (const places of placesIn(domain))
		yield Float64Array.from(places.latitudes, (_, at) => column.of(places, at));
}

/** Levels, if there are any, and rows and columns; or points. */
async function areaInner(
	survey: Survey,
	{ points, levels }: AreaDomain,
): Promise<Inner> {
	const level = { name: "level", length: levels.length };
	const vertical =
		levels.length === 0
			? []
			: [coordinateOf(level, describe.level(survey), () => [levels])];
	const product = await productOf(points);
	if (product) {
		const rows = { name: "latitude", length: product.latitudes.length };
		const columns = { name: "longitude", length: product.longitudes.length };
		const coordinates = [
			...vertical,
			coordinateOf(rows, describe.latitude, () => [product.latitudes]),
			coordinateOf(columns, describe.longitude, () => [product.longitudes]),
		];
		const { turn } = product;
		return {
			dimensions: coordinates.flatMap(({ along }) => along),
			coordinates,
			...(turn > 0 && {
				arranged: (slices: AsyncIterable<Float64Array>) =>
					turned(slices, columns.length, turn),
			}),
		};
	}
	const along = [{ name: "point", length: points.count }];
	const cell = (of: "latitude" | "longitude", attributes: Attributes) => ({
		name: of,
		attributes,
		along,
		shared: true,
		of: () => degrees(points, `${of}s`),
	});
	const cells = [
		cell("latitude", describe.latitude),
		cell("longitude", describe.longitude),
	];
	return {
		dimensions: [...vertical.flatMap(({ along }) => along), ...along],
		coordinates: [...vertical, ...cells],
	};
}

const coordinateOf = (
	dimension: Dimension,
	attributes: Attributes,
	of: () => readonly Iterable<number>[],
): Inner["coordinates"][number] => ({
	name: dimension.name,
	attributes,
	along: [dimension],
	shared: true,
	of: () => of().map((numbers) => Float64Array.from(numbers)),
});

/** Points whose coordinates are made together. */
const slice = 8192;

function* degrees(
	points: Points,
	of: "latitudes" | "longitudes",
): Generator<Float64Array, void, undefined> {
	for (let from = 0; from < points.count; from += slice)
		yield points
			.slice(from, Math.min(points.count, from + slice))
			[of].map(coordinate);
}
