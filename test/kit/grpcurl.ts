import { tool } from "./tools.ts";

/** Path of grpcurl, a gRPC client that knows our contracts only through server reflection. */
export function grpcurl(): Promise<string> {
	return tool({
		name: "grpcurl",
		version: "1.9.4",
		recipes: [
			{
				by: "go",
				module: "github.com/fullstorydev/grpcurl/cmd/grpcurl@v1.9.4",
			},
		],
	});
}
