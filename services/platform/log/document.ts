import { EVENT_NAMES } from "./names.ts";

const HEAD = `# Logs

<!-- Written by scripts/logs-doc.ts from services/platform/log/names.ts: change it there. -->

Each process writes JSON lines to standard output, one event a line; on a terminal lines for people instead, and of those only
warnings and worse, unless \`logging.level\` says more. \`npm start\` also says in words where it is to be reached; a process that
runs some roles says it in its log (\`process.ready\`).

| field | what it holds |
|---|---|
| \`time\` | ISO 8601, UTC |
| \`level\` | \`debug\`, \`info\`, \`warn\`, \`error\`, \`fatal\` |
| \`role\` | who speaks; \`process\`: what the roles of a process hold in common |
| \`event\` | what happened, from the table below |
| \`msg\` | the same in words |
| \`trace_id\`, \`span_id\` | where in a trace, where there is one; of what happens to a request, its own |
| \`request_id\`, \`attempt\`, \`collection\` | which request it is about |
| \`duration\` | milliseconds; of a request that ended, since it was submitted |
| \`err\` | what was thrown: \`type\`, \`message\`, \`stack\`, \`code\`, \`cause\` |

\`debug\` is what happens to each request, \`info\` how requests end and what an operator may want to know later, \`warn\` what is
away or odd and mends itself, \`error\` a bug or what somebody must mend, \`fatal\` what ends the process.

Never in a line, nor sent to Sentry: passwords, keys and tokens (those of the configuration by their value, others by their
form), \`Authorization\`, \`X-Auth\` and cookies, the query and the user of any address, the keys of staged results, e-mail
addresses. Of an error only the five fields above are told.

## Looking closer

\`logging.level\` and \`logging.levels\` in the configuration; and while a process runs, at its gRPC port (\`--ops-port\`):

    grpcurl -plaintext -H "$H" $S polytope.process.v1.ProcessService/GetLevels
    grpcurl -plaintext -H "$H" -d '{"role": "worker", "level": "debug"}' $S polytope.process.v1.ProcessService/SetLevel
    grpcurl -plaintext -H "$H" -d '{}' $S polytope.process.v1.ProcessService/SetLevel

The last one: as configured again. There is no signal for it: signals reach a process, not a role, and say nothing back.

All lines about one request, whichever process wrote them:

    jq -c 'select(.request_id == "<id>")' *.log

## Sentry

With \`telemetry.sentry.dsn\` errors of ours are sent to Sentry, with release, role and trace: lines of level \`error\` and \`fatal\`
but those whose cause is a refusal or something that is away, and what nobody caught. Nothing else is sent.

## Events

What happens to a request (\`request.…\`, \`lease.lost\`) is told once for each change that was committed, by the store: as an event
of the active span, as the count \`polytope.events\`, and as a line. Lines may be missing when a process or the connection to the
database dies between a change and its line; the rows are the truth.

| event | what it means |
|---|---|
`;

/** `docs/logs.md`: what lines of log hold, and every event. */
export const logsDocument = (): string =>
	HEAD +
	Object.entries(EVENT_NAMES)
		.map(([name, meaning]) => `| \`${name}\` | ${meaning} |\n`)
		.join("");
