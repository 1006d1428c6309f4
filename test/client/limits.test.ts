import { beforeAll, expect, test } from "vitest";
import { python } from "../kit/python.ts";
import { INSTALL_TIMEOUT } from "../kit/tools.ts";
import { openTestWorld } from "../kit/world.ts";
import { laptop } from "./clients.ts";

beforeAll(() => python(), INSTALL_TIMEOUT);

test("whoever asks too often is told at once, and their polls go on, slowly", async () => {
	await using it = await openTestWorld({
		split: false,
		config: `
http:
  limits:
    submissions: {rate: 1/h, burst: 2}
    polls: {rate: 1/h, burst: 1, hold: 100ms}
`,
	});
	await using person = await laptop();
	expect(await person.script("limited", it.url())).toEqual({
		refused: {
			type: "HTTPResponseError",
			text: expect.stringMatching(
				/403.*You have submitted too many requests in a short time: wait/s,
			),
		},
		listed: 2,
		seconds: expect.toSatisfy((seconds: number) => seconds < 20),
	});
});
