import { Bytes } from "./bytes.ts";
import type { Field } from "./field.ts";

/**
 * Section 4. Product definition template 0 (an instant), 1 (an instant of a member), 8 (over an
 * interval) or 11 (over an interval, of a member); intervals begin at the start of the forecast.
 */
export function productSection(field: Field): Uint8Array {
	const { member, parameter } = field;
	const interval = parameter.accumulated ?? false;
	const length = 34 + (member ? 3 : 0) + (interval ? 24 : 0);
	const section = new Bytes(length)
		.u32(length)
		.u8(4)
		.u16(0)
		.u16(templateNumber(member !== undefined, interval))
		.u8(parameter.category, parameter.number)
		.u8(member ? 4 : 2, 255, 255)
		.u16(0)
		.u8(0, 1)
		.u32(interval ? 0 : field.step);
	putSurfaces(section, field);
	if (member) section.u8(255, member.number, member.total);
	if (interval) putInterval(section, field);
	return section.done();
}

function templateNumber(member: boolean, interval: boolean): number {
	if (interval) return member ? 11 : 8;
	return member ? 1 : 0;
}

function putSurfaces(section: Bytes, { parameter, level }: Field): void {
	section.u8(parameter.surface);
	if (parameter.surface === 100) {
		if (level === undefined) {
			throw new RangeError(`${parameter.shortName} needs a pressure level`);
		}
		section.u8(0).u32(level * 100);
	} else if (parameter.height !== undefined) {
		section.u8(0).u32(parameter.height);
	} else {
		section.missing(5);
	}
	section.missing(6);
}

function putInterval(section: Bytes, field: Field): void {
	const { date, time, step } = field;
	const end = new Date(
		Date.UTC(
			Number(date.slice(0, 4)),
			Number(date.slice(4, 6)) - 1,
			Number(date.slice(6, 8)),
			Number(time.slice(0, 2)) + step,
			Number(time.slice(2, 4)),
		),
	);
	section
		.u16(end.getUTCFullYear())
		.u8(end.getUTCMonth() + 1, end.getUTCDate())
		.u8(end.getUTCHours(), end.getUTCMinutes(), end.getUTCSeconds())
		// One interval, no value missing: an accumulation (1) of one forecast (2), in hours (1).
		.u8(1)
		.u32(0)
		.u8(1, 2, 1)
		.u32(step)
		.u8(255)
		.u32(0);
}
