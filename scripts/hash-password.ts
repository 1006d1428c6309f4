import { text } from "node:stream/consumers";
import { hashPassword } from "../services/identity/argon2.ts";

// Reads a password from standard input, up to its line break, and prints what `password_hash` wants.
const [password = ""] = (await text(process.stdin)).split(/\r?\n/);
if (password === "") {
	process.stderr.write("write the password to standard input\n");
	process.exitCode = 1;
} else process.stdout.write(`${await hashPassword(password)}\n`);
