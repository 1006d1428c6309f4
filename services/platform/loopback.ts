/** Whether an address can only be reached from this machine. */
export function isLoopback(host: string): boolean {
	const bare = host.toLowerCase().replace(/^\[|\]$/g, "");
	return (
		bare === "localhost" ||
		bare === "::1" ||
		/^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(bare)
	);
}
