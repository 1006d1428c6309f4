import { createHash } from "node:crypto";
import { FIELD, field } from "../kit/fields.ts";

/** What is to be archived, and is right: one field. */
export const DATA = field();
export const REQUEST = FIELD;

export const md5 = (data: Uint8Array): string =>
	createHash("md5").update(data).digest("hex");

const GOOD = md5(DATA);

/** Headers that must not go with good data. */
export const BAD_CHECKSUMS: readonly (readonly [
	name: string,
	headers: Readonly<Record<string, string | readonly string[]>>,
])[] = [
	["none", {}],
	["an empty one", { "x-checksum": "" }],
	["another's", { "x-checksum": md5(Buffer.from("x")) }],
	["a cut one", { "x-checksum": GOOD.slice(1) }],
	["a longer one", { "x-checksum": `${GOOD}0` }],
	["two", { "x-checksum": [GOOD, GOOD] }],
	["one that is no number", { "x-checksum": "g".repeat(32) }],
	["base64", { "x-checksum": Buffer.from(GOOD, "hex").toString("base64") }],
	["quotes", { "x-checksum": `"${GOOD}"` }],
	["one in another header", { "content-md5": GOOD }],
];

/** Ids under which nobody may upload. */
export const BAD_IDS: readonly string[] = [
	"",
	"x",
	"all",
	"00000000-0000-0000-0000-000000000000",
	"01932D3C-0000-7000-8000-0000000000AB",
	"..%2f..%2f..%2fetc%2fpasswd",
	"%00",
	"%ff",
	"x".repeat(1000),
	"1%20or%201=1",
	"01932d3c-0000-7000-8000-0000000000ab.1.grib",
];

/** URLs from which nothing may be fetched, not even where any host is allowed. */
export const BAD_URLS: readonly (string | number | boolean | object)[] = [
	5,
	true,
	["http://example.org/"],
	{ href: "http://example.org/" },
	"x",
	"/etc/passwd",
	"//example.org/",
	"file:///etc/passwd",
	"gopher://example.org/",
	"data:text/plain,GRIB",
	"javascript:alert(1)",
	"jar:http://example.org/!/",
	"http://",
	"http://user:secret@example.org/",
	"http://user@example.org/",
	"http://example.org:0x50/",
	"http://example.org:99999/",
	"http://127.0.0.1/",
	"http://127.1/",
	"http://2130706433/",
	"http://0x7f000001/",
	"http://0177.0.0.1/",
	"http://0/",
	"http://0.0.0.0/",
	"http://10.0.0.1/",
	"http://172.16.0.1/",
	"http://192.168.0.1/",
	"http://100.64.0.1/",
	"http://169.254.169.254/latest/meta-data/",
	"http://[::]/",
	"http://[::1]/",
	"http://[::ffff:127.0.0.1]/",
	"http://[::ffff:7f00:1]/",
	"http://[64:ff9b::7f00:1]/",
	"http://[fe80::1]/",
	"http://[fd00::1]/",
	"http://224.0.0.1/",
	"http://255.255.255.255/",
	`http://example.org/${"x".repeat(3000)}`,
];

const message = (length: number): Buffer => {
	const head = Buffer.alloc(16);
	head.write("GRIB", "latin1");
	head.writeUInt8(2, 7);
	head.writeBigUInt64BE(BigInt(length), 8);
	return head;
};

/** Data that is no archive's: uploaded, and refused by whoever looks into it. */
export const BAD_DATA: readonly (readonly [name: string, data: Buffer])[] = [
	["one byte", Buffer.from([0])],
	["text", Buffer.from("hello")],
	["zeros", Buffer.alloc(500_000)],
	["only the word GRIB", Buffer.from("GRIB")],
	["the word GRIB again and again", Buffer.alloc(500_000, "GRIB")],
	["7777 again and again", Buffer.alloc(500_000, "7777")],
	["a message of 2⁶² bytes", message(2 ** 62)],
	["a message of no bytes", message(0)],
	["a message of 16 bytes", message(16)],
	[
		"messages that say more than they are",
		Buffer.concat(Array.from({ length: 20_000 }, () => message(1_000))),
	],
	["a field cut in half", DATA.subarray(0, DATA.length / 2)],
	["a field without its end", DATA.subarray(0, -4)],
	["a field and a byte", Buffer.concat([DATA, Buffer.from([1])])],
	["a byte and a field", Buffer.concat([Buffer.from([1]), DATA])],
	["a field twice", Buffer.concat([DATA, DATA])],
	["another field", field({ step: 6 })],
	["a field of another class", field({ class: "rd" })],
	["gzip", Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3])],
	["HTML", Buffer.from("<html><script>alert(1)</script></html>")],
];
