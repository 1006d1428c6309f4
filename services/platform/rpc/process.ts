import type { ConnectRouter, ServiceImpl } from "@connectrpc/connect";
import { ProcessService } from "../../../gen/polytope/process/v1/process_pb.js";
import { fault } from "../faults.ts";
import { LEVELS, type Level, levelOf } from "../log/levels.ts";
import type { ProcessLog } from "../log.ts";

/** What every gRPC port of a process offers beside its roles: how much is logged, and changing it. */
export const processRoutes =
	(log: ProcessLog) =>
	(router: ConnectRouter): void => {
		const { levels } = log;
		router.service(ProcessService, {
			getLevels: () => ({ levels: levels.all() }),
			setLevel({ role, level }) {
				const wanted = parseLevel(level);
				if (!levels.set(role === "" ? undefined : role, wanted))
					throw fault(
						"NOT_FOUND",
						`No role '${role}' runs here, only: ${Object.keys(levels.all()).join(", ")}`,
					);
				log.warn(
					{ event: "process.level", what: role || "all" },
					wanted === undefined
						? "logs as configured again"
						: `logs from ${wanted} on`,
				);
				return { levels: levels.all() };
			},
		} satisfies ServiceImpl<typeof ProcessService>);
	};

function parseLevel(text: string): Level | undefined {
	if (text === "") return undefined;
	const level = levelOf(text);
	if (level === undefined)
		throw fault(
			"INVALID",
			`'${text}' is no level: say one of ${LEVELS.join(", ")}`,
		);
	return level;
}
