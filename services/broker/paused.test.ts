import type { ConnectRouter } from "@connectrpc/connect";
import { expect, it } from "vitest";
import { StoreService } from "../../gen/polytope/store/v1/store_pb.js";
import { link } from "../platform/rpc/link.ts";
import { openPaused } from "./paused.ts";

it("does not take an older answer for the newer one", async () => {
	const answers: ((collections: string[]) => void)[] = [];
	const routes = (router: ConnectRouter): void => {
		router.service(StoreService, {
			paused: () =>
				new Promise((resolve) => {
					answers.push((collections) => resolve({ collections }));
				}),
		});
	};
	const paused = openPaused(link(StoreService, { routes }));
	const older = paused.read();
	const newer = paused.read();
	await expect.poll(() => answers.length).toBe(2);
	answers[1]?.(["c"]);
	expect(await newer).toBe(true);
	answers[0]?.([]);
	expect(await older).toBe(false);
	expect(paused.has("c")).toBe(true);
});
