import {
	create,
	type DescEnum,
	type DescExtension,
	type DescFile,
	type DescMessage,
	type DescService,
	fromBinary,
	toBinary,
} from "@bufbuild/protobuf";
import { nestedTypes } from "@bufbuild/protobuf/reflect";
import { FileDescriptorProtoSchema } from "@bufbuild/protobuf/wkt";
import { Code, type ConnectRouter } from "@connectrpc/connect";
import {
	ErrorResponseSchema,
	FileDescriptorResponseSchema,
	ListServiceResponseSchema,
	ServerReflection,
	type ServerReflectionRequest,
	ServerReflectionRequestSchema,
	type ServerReflectionResponse,
	ServerReflectionResponseSchema,
} from "../../../gen/grpc/reflection/v1/reflection_pb.js";
import * as alpha from "../../../gen/grpc/reflection/v1alpha/reflection_pb.js";

/**
 * Server reflection: a client learns the contracts of a port from the port itself, those of all services that the router
 * already has. Both versions are served because clients in use still ask for v1alpha; their messages are the same on
 * the wire.
 */
export function reflectionRoutes(router: ConnectRouter): void {
	const reflect = answerer([
		...new Set(router.handlers.map(({ service }) => service)),
		ServerReflection,
		alpha.ServerReflection,
	]);
	router.service(ServerReflection, {
		async *serverReflectionInfo(requests) {
			for await (const request of requests) yield reflect(request);
		},
	});
	router.service(alpha.ServerReflection, {
		async *serverReflectionInfo(requests) {
			for await (const request of requests)
				yield toAlpha(reflect(fromAlpha(request)));
		},
	});
}

const fromAlpha = (
	request: alpha.ServerReflectionRequest,
): ServerReflectionRequest =>
	fromBinary(
		ServerReflectionRequestSchema,
		toBinary(alpha.ServerReflectionRequestSchema, request),
	);

const toAlpha = (
	response: ServerReflectionResponse,
): alpha.ServerReflectionResponse =>
	fromBinary(
		alpha.ServerReflectionResponseSchema,
		toBinary(ServerReflectionResponseSchema, response),
	);

type Answer = ServerReflectionResponse["messageResponse"];

function answerer(services: readonly DescService[]) {
	const files = withDependencies(services.map((service) => service.file));
	const byName = new Map(files.map((file) => [file.proto.name, file]));
	const bySymbol = new Map(
		files.flatMap((file) => symbolsOf(file).map((name) => [name, file])),
	);

	const answer = ({ messageRequest: asked }: ServerReflectionRequest) => {
		switch (asked.case) {
			case "listServices":
				return serviceNames(services);
			case "fileByFilename":
				return fileAnswer(byName.get(asked.value), asked.value);
			case "fileContainingSymbol":
				return fileAnswer(bySymbol.get(asked.value), asked.value);
			case "fileContainingExtension":
			case "allExtensionNumbersOfType":
				return refusal(Code.Unimplemented, "No contract here has extensions");
			case undefined:
				return refusal(Code.InvalidArgument, "Nothing was asked");
		}
	};
	return (request: ServerReflectionRequest): ServerReflectionResponse =>
		create(ServerReflectionResponseSchema, {
			validHost: request.host,
			originalRequest: request,
			messageResponse: answer(request),
		});
}

const serviceNames = (services: readonly DescService[]): Answer => ({
	case: "listServicesResponse",
	value: create(ListServiceResponseSchema, {
		service: services.map(({ typeName }) => ({ name: typeName })),
	}),
});

/** The file and all that it imports, itself first: whoever asked needs them all to understand it. */
const fileAnswer = (file: DescFile | undefined, asked: string): Answer =>
	file === undefined
		? refusal(Code.NotFound, `This port has no contract with ${asked}`)
		: {
				case: "fileDescriptorResponse",
				value: create(FileDescriptorResponseSchema, {
					fileDescriptorProto: withDependencies([file]).map(({ proto }) =>
						toBinary(FileDescriptorProtoSchema, proto),
					),
				}),
			};

const refusal = (code: Code, message: string): Answer => ({
	case: "errorResponse",
	value: create(ErrorResponseSchema, {
		errorCode: code,
		errorMessage: message,
	}),
});

/** Each file once; every file after those that led to it. */
function withDependencies(files: readonly DescFile[]): DescFile[] {
	const all = new Set(files);
	for (const file of all)
		for (const dependency of file.dependencies) all.add(dependency);
	return [...all];
}

/** Full names of all that a file declares: types and services, and what is inside of them. */
const symbolsOf = (file: DescFile): string[] =>
	[...nestedTypes(file)].flatMap((type) => [type.typeName, ...membersOf(type)]);

function membersOf(
	type: DescMessage | DescEnum | DescService | DescExtension,
): string[] {
	const inside = (name: string) => `${type.typeName}.${name}`;
	switch (type.kind) {
		case "message":
			return [...type.fields, ...type.oneofs].map(({ name }) => inside(name));
		case "service":
			return type.methods.map(({ name }) => inside(name));
		case "enum": {
			// A value lives beside its enum, not inside of it.
			const scope = type.typeName.slice(0, -type.name.length);
			return type.values.map(({ name }) => scope + name);
		}
		case "extension":
			return [];
	}
}
