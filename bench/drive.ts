import { join } from "node:path";
import { z } from "zod";
import { mustRun } from "../test/kit/command.ts";
import type { Job } from "./job.ts";

/** Runs the driver in a process of its own and gives what it measured. */
async function drive<T>(job: Job, answer: z.ZodType<T>): Promise<T> {
	const driver = join(import.meta.dirname, "driver.ts");
	const printed = await mustRun(process.execPath, [
		driver,
		JSON.stringify(job),
	]);
	return answer.parse(JSON.parse(printed));
}

export const driveNumber = (job: Job): Promise<number> =>
	drive(job, z.number());
export const driveNumbers = (job: Job): Promise<number[]> =>
	drive(job, z.array(z.number()));
export const driveText = (job: Job): Promise<string> => drive(job, z.string());
