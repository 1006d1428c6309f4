/** What a first user is told: one request with curl, one with Python. */
export function greeting(url: string, sample: boolean): string {
	if (!sample) return `${url}/openapi describes the interface`;
	const request = {
		class: "od",
		stream: "oper",
		type: "fc",
		expver: "0001",
		levtype: "sfc",
		param: "2t",
		date: "20250101",
		time: "0000",
		step: "0",
	};
	const body = JSON.stringify({ verb: "retrieve", request });
	return `
With curl:
  at=$(curl -s -u demo:demo -H 'Content-Type: application/json' -o /dev/null -w '%header{location}' \\
    -d '${body}' ${url}/api/v1/requests/sample)
  curl -sL -u demo:demo -o sample.grib "$at?wait=10"

With Python (pip install polytope-client):
  from polytope.api import Client
  client = Client(address="${url}", insecure=True, user_key="demo-key")
  client.retrieve("sample", ${pythonDict(request)}, "sample.grib")
`;
}

const pythonDict = (object: Readonly<Record<string, string>>): string =>
	`{${Object.entries(object)
		.map(([key, value]) => `"${key}": "${value}"`)
		.join(", ")}}`;
