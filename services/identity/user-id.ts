import { createHash } from "node:crypto";

const NIL = Buffer.alloc(16);

/**
 * The id that polytope-server v1 gives a user: uuid5 in the nil namespace of name, its length, realm, its length. The
 * lengths are Python's, in code points.
 */
export function userId(username: string, realm: string): string {
	const name = `${username}${[...username].length}${realm}${[...realm].length}`;
	const bytes = createHash("sha1").update(NIL).update(name).digest();
	bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x50, 6);
	bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
	const hex = bytes.toString("hex", 0, 16);
	return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
