import { readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import type { RoleName } from "../../services/platform/role.ts";
import { ROLE_NAMES, ROLES } from "../../services/roles.ts";
import { DEPLOY, filesFor, understand } from "../deploy/image.ts";
import {
	autoscaler,
	configMap,
	type Deployment,
	deployment,
	disruption,
	ingress,
	type Manifest,
	named,
	OVERLAYS,
	overlay,
	policy,
	render,
	service,
} from "./manifests.ts";
import { type Judge, openJudge } from "./schemas.ts";

let judge: Judge;
beforeAll(async () => {
	judge = await openJudge();
});

const common = z.object({ worker: z.object({ concurrency: z.number() }) });

/** An ending process gives calls and downloads that run so long, and settles for as long, after what it drains, s. */
const FAREWELL_S = 10;
const COMPONENT = "app.kubernetes.io/component";

describe("the judge", () => {
	it("refuses what Kubernetes does not know", () => {
		const pod = { apiVersion: "v1", kind: "Pod", metadata: { name: "x" } };
		expect(judge({ ...pod, spec: { containers: [] } })).toEqual([]);
		expect(judge({ ...pod, specs: {} })[0]).toContain("specs");
		const wrong = { containers: [{ name: "x", imag: "y", ports: [{}] }] };
		const said = judge({ ...pod, spec: wrong }).join("\n");
		expect(said).toContain("imag");
		expect(said).toContain("containerPort");
		expect(judge({ ...pod, apiVersion: "v9" })[0]).toContain("no kind");
	});
});

describe.each(OVERLAYS)("overlays/%s", (name) => {
	let all: Manifest[];
	const ofKind = (kind: string) => all.filter((one) => one.kind === kind);
	const deploymentOf = (role: string): Deployment =>
		deployment.parse(
			ofKind("Deployment").find(({ metadata }) => metadata.name === role),
		);
	const services = () => ofKind("Service").map((one) => service.parse(one));
	const processOf = (role: RoleName) => {
		const [{ args, env }] = deploymentOf(role).spec.template.spec.containers;
		const filled = env.map(({ name, value, valueFrom }) => [
			name,
			value ?? secretOrAddress(name, valueFrom ?? {}),
		]);
		return understand({ args, env: Object.fromEntries(filled) });
	};
	interface From {
		readonly secretKeyRef?: { name: string; key: string } | undefined;
		readonly configMapKeyRef?: { name: string; key: string } | undefined;
	}
	const secretOrAddress = (
		name: string,
		{ secretKeyRef, configMapKeyRef }: From,
	): string => {
		if (secretKeyRef !== undefined) return secretOf(secretKeyRef.key);
		const map = ofKind("ConfigMap")
			.map((one) => configMap.parse(one))
			.find(({ metadata }) => metadata.name === configMapKeyRef?.name);
		const value = map?.data[configMapKeyRef?.key ?? ""];
		if (value === undefined) throw new Error(`${name} has no value`);
		return value;
	};

	beforeAll(async () => {
		all = await render(overlay(name));
	});

	it("is what Kubernetes takes, to the last field", () => {
		expect(all.flatMap(judge)).toEqual([]);
		for (const { metadata } of all) expect(metadata.namespace).toBe("polytope");
	});

	it("has a Deployment for each role", () => {
		expect(ofKind("Deployment").map(({ metadata }) => metadata.name)).toEqual(
			ROLE_NAMES.toSorted(),
		);
	});

	it("holds no secret", () => {
		expect(ofKind("Secret")).toEqual([]);
		const names = secretNames();
		for (const role of ROLE_NAMES) {
			const [{ env }] = deploymentOf(role).spec.template.spec.containers;
			for (const { valueFrom } of env)
				if (valueFrom?.secretKeyRef !== undefined)
					expect(names).toContain(valueFrom.secretKeyRef.key);
		}
	});

	it("mounts the configuration of this repository", () => {
		for (const role of ROLE_NAMES) {
			const { volumes } = deploymentOf(role).spec.template.spec;
			const used = volumes.find(
				(volume) => volume.name === "config",
			)?.configMap;
			const map = ofKind("ConfigMap")
				.map((one) => configMap.parse(one))
				.find(({ metadata }) => metadata.name === used?.name);
			for (const file of processOf(role).files)
				expect(map?.data[file]).toBe(
					readFileSync(join(DEPLOY, "config", file), "utf8"),
				);
		}
	});

	it("lets in by name whoever calls, and nobody else", () => {
		const policies = ofKind("NetworkPolicy").map((one) => policy.parse(one));
		for (const role of ROLE_NAMES) {
			const { spec } =
				policies.find(({ metadata }) => metadata.name === role) ?? {};
			expect(spec?.podSelector.matchLabels?.[COMPONENT]).toBe(role);
			expect(spec?.policyTypes).toEqual(["Ingress", "Egress"]);
			const { opsPort, config, files } = processOf(role);
			const calls = (spec?.ingress ?? []).filter(({ from }) => from);
			expect(calls.flatMap(({ from }) => named(from)).toSorted()).toEqual(
				callersOf(role),
			);
			for (const { ports } of calls) expect(ports).toEqual([{ port: opsPort }]);
			const doors = (spec?.ingress ?? []).filter(({ from }) => !from);
			expect(doors.flatMap(({ ports }) => ports)).toEqual(
				files.includes("door.yaml") ? [{ port: config.http.port }] : [],
			);
			const goes = (spec?.egress ?? []).flatMap(({ to }) => named(to));
			// All send their spans to telemetry.
			const peers = [...ROLES[role].peers, "telemetry"];
			expect([...new Set([...goes, "telemetry"])].toSorted()).toEqual(
				peers.toSorted(),
			);
			expect(goes.includes("telemetry")).toBe(role !== "telemetry");
		}
	});

	it("empties a node one pod of a role at a time", () => {
		const budgets = ofKind("PodDisruptionBudget").map((one) =>
			disruption.parse(one),
		);
		expect(
			budgets
				.map(({ spec }) => spec.selector.matchLabels[COMPONENT])
				.toSorted(),
		).toEqual(ROLE_NAMES.toSorted());
		for (const { spec } of budgets) expect(spec.maxUnavailable).toBe(1);
	});

	it("leads clients to the doors that the addresses name", () => {
		const [{ spec } = { spec: { rules: [] } }] = ofKind("Ingress").map((one) =>
			ingress.parse(one),
		);
		const urls = {
			gateway: processOf("gateway").config.public_url,
			staging: processOf("staging").config.staging.public_url,
		};
		const led = spec.rules.map(({ host, http }) => {
			const to = http.paths[0]?.backend.service;
			const door = services().find(
				({ metadata }) => metadata.name === to?.name,
			);
			expect(door?.spec.ports[0]).toMatchObject({ name: to?.port.name });
			return [door?.spec.selector[COMPONENT], `https://${host}`];
		});
		expect(Object.fromEntries(led)).toEqual(urls);
	});

	describe.each(ROLE_NAMES)("%s", (role) => {
		it("starts with its configuration, and knows no more than it needs", () => {
			const { role: runs, warnings, files, variables } = processOf(role);
			expect({ runs, warnings }).toEqual({ runs: role, warnings: [] });
			expect(files).toEqual(["cluster.yaml", ...filesFor(role)]);
			const [{ env }] = deploymentOf(role).spec.template.spec.containers;
			expect(env.map(({ name }) => name).toSorted()).toEqual(
				[...variables].toSorted(),
			);
		});

		it("is asked for its health where it answers", () => {
			const [container] = deploymentOf(role).spec.template.spec.containers;
			const { opsPort, config, files } = processOf(role);
			const { startupProbe, readinessProbe, livenessProbe } = container;
			for (const { grpc } of [startupProbe, readinessProbe, livenessProbe])
				expect(grpc.port).toBe(opsPort);
			expect(
				Object.fromEntries(
					container.ports.map(({ name, containerPort }) => [
						name,
						containerPort,
					]),
				),
			).toEqual({
				grpc: opsPort,
				...(files.includes("door.yaml") && { http: config.http.port }),
			});
		});

		it("is found by those who call it", () => {
			for (const peer of ROLES[role].peers) {
				const [url = ""] = processOf(role).config.services[peer] ?? [];
				const { hostname, port } = new URL(url);
				const found = services().find(
					({ metadata }) => metadata.name === hostname,
				);
				expect(found?.spec.clusterIP).toBe("None");
				expect(found?.spec.selector[COMPONENT]).toBe(peer);
				expect(found?.spec.ports).toEqual([
					{ name: "grpc", port: Number(port), targetPort: "grpc" },
				]);
				expect(Number(port)).toBe(processOf(peer).opsPort);
			}
		});

		it("has the time to end that it needs", () => {
			const { terminationGracePeriodSeconds, containers } =
				deploymentOf(role).spec.template.spec;
			const drain =
				role === "worker" ? processOf(role).config.worker.drain / 1000 : 0;
			expect(terminationGracePeriodSeconds).toBeGreaterThan(
				containers[0].lifecycle.preStop.sleep.seconds + drain + FAREWELL_S,
			);
		});

		it("may do little", () => {
			const { spec } = deploymentOf(role).spec.template;
			expect(spec.securityContext).toMatchObject({ runAsNonRoot: true });
			expect(spec.automountServiceAccountToken).toBe(false);
			expect(spec.topologySpreadConstraints).toHaveLength(2);
			const [{ securityContext, resources, volumeMounts }] = spec.containers;
			expect(securityContext).toEqual({
				allowPrivilegeEscalation: false,
				readOnlyRootFilesystem: true,
				capabilities: { drop: ["ALL"] },
			});
			expect(resources).toMatchObject({
				requests: { cpu: expect.anything(), memory: expect.anything() },
				limits: { memory: expect.anything() },
			});
			const names = new Set(spec.volumes.map((volume) => volume.name));
			for (const mount of volumeMounts) expect(names).toContain(mount.name);
		});
	});
});

describe("components/monitoring", () => {
	it("is what Kubernetes takes, beside either overlay, and leaves the roles as they are", async () => {
		for (const name of OVERLAYS) {
			await using folder = await withComponent(name, "monitoring");
			const all = await render(folder.path);
			expect(all.flatMap(judge)).toEqual([]);
			const names = all.map(({ metadata }) => metadata.name);
			expect(names).toEqual(
				expect.arrayContaining(["prometheus", "grafana", "jaeger"]),
			);
			const plain = await render(overlay(name));
			for (const one of plain) expect(all).toContainEqual(one);
		}
	});
});

describe("scaling", () => {
	const scalers = async (folder: string) =>
		(await render(folder))
			.filter(({ kind }) => kind === "HorizontalPodAutoscaler")
			.map((one) => autoscaler.parse(one));

	it("follows the demand with workers, the processor with gateways", async () => {
		const found = await scalers(overlay("cluster"));
		expect(
			found.map(({ spec }) => [
				spec.scaleTargetRef.name,
				spec.metrics[0]?.type,
			]),
		).toEqual([
			["gateway", "Resource"],
			["worker", "External"],
		]);
		const { worker } = common.parse(
			parse(readFileSync(join(DEPLOY, "config/cluster.yaml"), "utf8")),
		);
		const target = found[1]?.spec.metrics[0]?.external?.target.averageValue;
		expect(Number(target)).toBeLessThan(worker.concurrency);
		const all = await render(overlay("cluster"));
		for (const { spec } of found) {
			const scaled = all.find(
				({ kind, metadata }) =>
					kind === "Deployment" && metadata.name === spec.scaleTargetRef.name,
			);
			expect(deployment.parse(scaled).spec.replicas ?? undefined).toBe(
				undefined,
			);
		}
	});

	it("is KEDA's, where its component is taken", async () => {
		const folder = await mkdtemp(join(DEPLOY, "kubernetes/overlays/test-"));
		try {
			const up = relative(folder, join(DEPLOY, "kubernetes/components/keda"));
			await writeFile(
				join(folder, "kustomization.yaml"),
				`resources: [../cluster]\ncomponents: [${up}]\n`,
			);
			const all = await render(folder);
			expect(all.flatMap(judge)).toEqual([]);
			expect(all.map(({ kind }) => kind)).toContain("ScaledObject");
			const left = await scalers(folder);
			expect(left.map(({ spec }) => spec.scaleTargetRef.name)).toEqual([
				"gateway",
			]);
		} finally {
			await rm(folder, { recursive: true });
		}
	});
});

/** An overlay of the moment that takes a component besides. */
async function withComponent(
	name: (typeof OVERLAYS)[number],
	component: string,
): Promise<{ readonly path: string } & AsyncDisposable> {
	const path = await mkdtemp(join(DEPLOY, "kubernetes/overlays/test-"));
	const up = relative(path, join(DEPLOY, "kubernetes/components", component));
	await writeFile(
		join(path, "kustomization.yaml"),
		`resources: [../${name}]\nnamespace: polytope\ncomponents: [${up}]\n`,
	);
	return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true }) };
}

const callersOf = (role: RoleName): string[] =>
	ROLE_NAMES.filter((name) => {
		if (role === "telemetry") return name !== role;
		const peers: readonly string[] = ROLES[name].peers;
		return peers.includes(role);
	}).toSorted();

/** What `secrets.env.example` asks for. */
const secretNames = (): string[] =>
	readFileSync(join(DEPLOY, "kubernetes/secrets.env.example"), "utf8")
		.split("\n")
		.flatMap((line) => /^([A-Z_0-9]+)=/.exec(line)?.[1] ?? []);

/** Something that will do for a secret. */
function secretOf(name: string): string {
	if (name.endsWith("_HASH")) return "0".repeat(64);
	if (name === "POLYTOPE_STORE_URL") return "postgres://u:p@postgres/polytope";
	return name === "POLYTOPE_CACHE_URL" ? "redis://:p@redis:6379" : "secret";
}
