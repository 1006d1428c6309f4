import { join } from "node:path";
import { parseAllDocuments } from "yaml";
import { z } from "zod";
import { DEPLOY } from "../deploy/image.ts";
import { mustRun } from "../kit/command.ts";
import { tool } from "../kit/tools.ts";

const kustomize = (): Promise<string> =>
	tool({
		name: "kustomize",
		version: "5.8.1",
		recipes: [
			{ by: "go", module: "sigs.k8s.io/kustomize/kustomize/v5@v5.8.1" },
		],
	});

const manifest = z.looseObject({
	apiVersion: z.string(),
	kind: z.string(),
	metadata: z.looseObject({ name: z.string() }),
});
export type Manifest = z.infer<typeof manifest>;

/** What `kubectl apply -k` would send for a folder. */
export async function render(folder: string): Promise<Manifest[]> {
	const text = await mustRun(await kustomize(), ["build", folder]);
	return parseAllDocuments(text).map((document) =>
		manifest.parse(document.toJS()),
	);
}

export const OVERLAYS = ["small", "cluster"] as const;
export const overlay = (name: (typeof OVERLAYS)[number]): string =>
	join(DEPLOY, "kubernetes/overlays", name);

const ref = z.object({ name: z.string(), key: z.string() });
const variable = z.object({
	name: z.string(),
	value: z.string().optional(),
	valueFrom: z
		.object({ secretKeyRef: ref.optional(), configMapKeyRef: ref.optional() })
		.optional(),
});
const probe = z.object({ grpc: z.object({ port: z.number() }) });
const container = z.looseObject({
	image: z.string(),
	args: z.array(z.string()).default([]),
	env: z.array(variable).default([]),
	ports: z
		.array(z.object({ name: z.string(), containerPort: z.number() }))
		.default([]),
	startupProbe: probe,
	readinessProbe: probe,
	livenessProbe: probe,
	lifecycle: z.object({
		preStop: z.object({ sleep: z.object({ seconds: z.number() }) }),
	}),
	securityContext: z.looseObject({}),
	resources: z.looseObject({}),
	volumeMounts: z.array(z.looseObject({ name: z.string() })),
});
const labels = z.record(z.string(), z.string());

export const deployment = z.looseObject({
	metadata: z.looseObject({ name: z.string(), labels }),
	spec: z.looseObject({
		replicas: z.number().nullish(),
		selector: z.object({ matchLabels: labels }),
		template: z.object({
			metadata: z.object({ labels }),
			spec: z.looseObject({
				terminationGracePeriodSeconds: z.number(),
				containers: z.tuple([container]),
				volumes: z.array(
					z.looseObject({
						name: z.string(),
						configMap: z.object({ name: z.string() }).optional(),
					}),
				),
				securityContext: z.looseObject({}),
				topologySpreadConstraints: z.array(z.unknown()),
			}),
		}),
	}),
});
export type Deployment = z.infer<typeof deployment>;

export const configMap = z.looseObject({
	metadata: z.looseObject({ name: z.string() }),
	data: z.record(z.string(), z.string()),
});

export const service = z.looseObject({
	metadata: z.looseObject({ name: z.string() }),
	spec: z.looseObject({
		clusterIP: z.string().optional(),
		selector: labels,
		ports: z.array(
			z.object({
				name: z.string(),
				port: z.number(),
				targetPort: z.union([z.string(), z.number()]),
			}),
		),
	}),
});

const end = z.looseObject({
	podSelector: z
		.object({
			matchLabels: labels.optional(),
			matchExpressions: z
				.array(z.object({ key: z.string(), values: z.array(z.string()) }))
				.optional(),
		})
		.optional(),
});
const flow = z.object({
	from: z.array(end).optional(),
	to: z.array(end).optional(),
	ports: z.array(z.looseObject({ port: z.number() })),
});
export const policy = z.looseObject({
	metadata: z.looseObject({ name: z.string() }),
	spec: z.looseObject({
		podSelector: z.object({ matchLabels: labels.optional() }),
		policyTypes: z.array(z.string()),
		ingress: z.array(flow).default([]),
		egress: z.array(flow).default([]),
	}),
});

/** The components that an end of a flow names; none: anybody. */
export const named = (ends: z.infer<typeof end>[] = []): string[] =>
	ends.flatMap(({ podSelector }) => [
		...(podSelector?.matchExpressions ?? []).flatMap(({ values }) => values),
		...Object.values(podSelector?.matchLabels ?? {}),
	]);

export const disruption = z.looseObject({
	spec: z.object({
		maxUnavailable: z.number(),
		selector: z.object({ matchLabels: labels }),
	}),
});

export const autoscaler = z.looseObject({
	spec: z.looseObject({
		scaleTargetRef: z.object({ kind: z.string(), name: z.string() }),
		metrics: z.array(
			z.looseObject({
				type: z.string(),
				external: z
					.object({ target: z.object({ averageValue: z.string() }) })
					.loose()
					.optional(),
			}),
		),
	}),
});

export const ingress = z.looseObject({
	spec: z.looseObject({
		rules: z.array(
			z.object({
				host: z.string(),
				http: z.object({
					paths: z.array(
						z.looseObject({
							backend: z.object({
								service: z.object({
									name: z.string(),
									port: z.object({ name: z.string() }),
								}),
							}),
						}),
					),
				}),
			}),
		),
	}),
});
