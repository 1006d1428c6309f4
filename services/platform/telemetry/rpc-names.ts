import type { DescMethod } from "@bufbuild/protobuf";
import { Code, ConnectError } from "@connectrpc/connect";

const names = new WeakMap<DescMethod, string>();

/** `polytope.store.v1.StoreService/Create`, for `rpc.method`. */
export function methodName(method: DescMethod): string {
	const known = names.get(method);
	if (known !== undefined) return known;
	const name = `${method.parent.typeName}/${method.name}`;
	names.set(method, name);
	return name;
}

/** How a call ended, as gRPC spells it, for `rpc.status_code`: `OK`, `NOT_FOUND`. */
export function statusName(failure: unknown): string {
	if (failure === undefined) return "OK";
	const name = Code[ConnectError.from(failure).code] ?? "Unknown";
	return name.replaceAll(/(?<=[a-z])[A-Z]/g, "_$&").toUpperCase();
}
