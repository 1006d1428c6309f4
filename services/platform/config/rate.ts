/** What a rate looks like, said the same in every message. */
export const RATE_FORM =
	"a rate such as 50/s, 3000/m or 1000/h, or 0 for no limit";

const RATE = /^(\d+(?:\.\d+)?)\/([smh])$/;
const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600 };

/** How often a second; 0: no limit. `undefined` for anything that is no rate. */
export function parseRate(value: string | number): number | undefined {
	const text = String(value).trim();
	if (text === "0") return 0;
	const [, count = "", unit = ""] = RATE.exec(text) ?? [];
	const perSecond = Number(count) / (SECONDS[unit] ?? Number.NaN);
	return perSecond >= 1e-6 && perSecond <= 1e9 ? perSecond : undefined;
}
