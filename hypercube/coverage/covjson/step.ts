/** Hours as a number; 0 where there is none; `90m` and `1h30m` where it is not whole. */
export function stepOf(hours: number | undefined): number | string {
	if (hours === undefined) return 0;
	if (Number.isInteger(hours)) return hours;
	const minutes = Math.round(hours * 60);
	const whole = Math.trunc(minutes / 60);
	return whole === 0 ? `${minutes}m` : `${whole}h${minutes - whole * 60}m`;
}
