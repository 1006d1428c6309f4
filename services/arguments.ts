import { parseArgs } from "node:util";
import type { RoleName } from "./platform/role.ts";
import { isRoleName, ROLE_NAMES } from "./roles.ts";

/** How the command is used, for people. */
export const USAGE = `npm start -- [--port N] [--data DIR] [--config FILE]… [--check-config] [--role ROLE]… [--ops-port N] [--split]
roles: ${ROLE_NAMES.join(", ")}; without --role, all of them run in one process`;

/** What the command line says. */
export interface Arguments {
	/** HTTP port; without it, the configuration's. */
	readonly port?: number;
	readonly data: string;
	readonly config: readonly string[];
	readonly checkOnly: boolean;
	/** Only says how it is used. */
	readonly help: boolean;
	/** The roles to run here; without it, all. */
	readonly roles?: ReadonlySet<RoleName>;
	/** gRPC port of this process; without it, a free one where roles run elsewhere, else none. */
	readonly opsPort?: number;
	/** Every service behind a gRPC port of its own, in this process. */
	readonly split: boolean;
}

/** Reads the command line; what cannot be understood is told as text, with the usage. */
export function readArguments(args: readonly string[]): Arguments | string {
	try {
		const { values } = parseArgs({
			args: [...args],
			options: {
				port: { type: "string" },
				data: { type: "string", default: ".data" },
				config: { type: "string", multiple: true, default: [] },
				"check-config": { type: "boolean", default: false },
				role: { type: "string", multiple: true, default: [] },
				"ops-port": { type: "string" },
				split: { type: "boolean", default: false },
				help: { type: "boolean", short: "h", default: false },
			},
		});
		const port = portOf("--port", values.port);
		const opsPort = portOf("--ops-port", values["ops-port"]);
		return {
			data: values.data,
			config: values.config,
			checkOnly: values["check-config"],
			split: values.split,
			help: values.help,
			...(port !== undefined && { port }),
			...(opsPort !== undefined && { opsPort }),
			...(values.role.length > 0 && { roles: rolesOf(values.role) }),
		};
	} catch (reason) {
		return `${reason instanceof Error ? reason.message : reason}\n${USAGE}`;
	}
}

function portOf(option: string, text: string | undefined): number | undefined {
	if (text === undefined) return undefined;
	if (/^\d{1,5}$/.test(text) && Number(text) < 65_536) return Number(text);
	throw new Error(`${option} takes a port number, not '${text}'`);
}

function rolesOf(names: readonly string[]): ReadonlySet<RoleName> {
	return new Set(
		names.map((name) => {
			if (isRoleName(name)) return name;
			throw new Error(`--role takes the name of a role, not '${name}'`);
		}),
	);
}
