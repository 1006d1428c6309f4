import { type Datasource, DatasourceError } from "./datasource.ts";

/** Always fails, with the configured message: for trying how failures look. */
export const openRaise = (
	message = "Datasource raised an error!",
): Datasource => ({
	retrieve: () => Promise.reject(new DatasourceError(message)),
});
