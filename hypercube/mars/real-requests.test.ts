import { expect, test } from "vitest";
import { coerce, DEFAULT_COERCION } from "./coerce.ts";
import { parseDocument } from "./document.ts";
import { expand } from "./expand.ts";
import REQUESTS from "./fixtures/real-requests.json" with { type: "json" };

/**
 * Requests of real users and what they meant by them. The texts are what their clients posted, byte for byte; the
 * meaning was checked by hand against each author's own notebook or document. "Yesterday" is 20261119.
 */
const MEANT = String.raw`
01-od-oper-an-readme {"class":"od","date":"20150323","domain":"g","expver":"0001","levtype":"sfc","param":["165.128","166.128","167.128"],"step":"0","stream":"oper","time":["0000","0600","1200","1800"],"type":"an"}
02-rd-hsvs-z500 {"class":"rd","date":"20200915","domain":"g","expver":"hsvs","levelist":"500","levtype":"pl","param":"129.128","step":["0","12"],"stream":"oper","time":"0000","type":"fc"}
03-od-enfo-fullfield {"class":"od","date":"20261119","domain":"g","expver":"0001","levtype":"sfc","number":"1/to/50","param":["164","167","169"],"step":"0","stream":"enfo","time":"0000","type":"pf"}
04-od-enfo-grid-interpolation {"class":"od","date":"20261119","domain":"g","expver":"0001","grid":"0.25/0.25","interpolation":"linear","levtype":"sfc","number":"1/to/50","param":["164","167","169"],"step":"0","stream":"enfo","time":"0000","type":"pf"}
06-climate-dt-hourly {"activity":"projections","class":"d1","dataset":"climate-dt","date":"20400102","experiment":"ssp3-7.0","expver":"0001","generation":"2","levtype":"sfc","model":"ifs-nemo","param":["134","165","166"],"realization":"1","resolution":"standard","stream":"clte","time":["0100","0200","0300","0400","0500","0600"],"type":"fc"}
07-climate-dt-clmn-years {"activity":"baseline","class":"d1","dataset":"climate-dt","experiment":"hist","expver":"0001","generation":"2","levtype":"sfc","model":"ifs-fesom","month":"1/2/3/4/5/6/7/8/9/10/11/12","param":"228004","realization":"1","resolution":"standard","stream":"clmn","type":"fc","year":"1990/to/2014"}
08-climate-dt-clmn-single-month {"activity":"projections","class":"d1","dataset":"climate-dt","experiment":"ssp3-7.0","expver":"0001","generation":"2","levtype":"sfc","model":"ifs-nemo","month":"2","param":"avg_tprate","realization":"1","resolution":"standard","stream":"clmn","type":"fc","year":"2020"}
09-climate-dt-ocean-o3d {"activity":"projections","class":"d1","dataset":"climate-dt","date":"20251129","experiment":"ssp3-7.0","expver":"0001","generation":"2","levelist":"2","levtype":"o3d","model":"icon","param":"avg_thetao","realization":"1","resolution":"standard","stream":"clte","time":"0000","type":"fc"}
11-climate-dt-grid-healpix-nested {"activity":"projections","class":"d1","dataset":"climate-dt","date":"20400102","experiment":"ssp3-7.0","expver":"0001","generation":"2","grid":"hn16","levtype":"sfc","model":"ifs-nemo","param":"167","realization":"1","resolution":"standard","stream":"clte","time":"0000","type":"fc"}
12-climate-dt-grid-nearest-lsm {"activity":"projections","class":"d1","dataset":"climate-dt","date":"20400102","experiment":"ssp3-7.0","expver":"0001","generation":"2","grid":"O1280","interpolation":"nearest lsm","levtype":"sfc","model":"ifs-nemo","param":"167","realization":"1","resolution":"standard","stream":"clte","time":"0000","type":"fc"}
13-climate-dt-grid-area {"activity":"projections","area":"75/-15/30/42.5","class":"d1","dataset":"climate-dt","date":"20400102","experiment":"ssp3-7.0","expver":"0001","generation":"2","grid":"O2560","levtype":"sfc","model":"ifs-nemo","param":"167","realization":"1","resolution":"standard","stream":"clte","time":"0000","type":"fc"}
14-climate-dt-scenariomip-rust-client {"activity":"scenariomip","class":"d1","dataset":"climate-dt","date":"20200101/to/20200102","experiment":"ssp3-7.0","expver":"0001","generation":"1","levtype":"sfc","model":"ifs-nemo","param":["134","165","166"],"realization":"1","resolution":"standard","stream":"clte","time":"0600","type":"fc"}
16-extremes-dt-date-range {"class":"d1","dataset":"extremes-dt","date":"20261113/to/20261119","expver":"0001","levtype":"sfc","param":"31","step":"0/to/120","stream":"oper","time":"0000","type":"fc"}
17-extremes-dt-step-ranges {"class":"d1","dataset":"extremes-dt","date":"20261106/to/20261107","expver":"0001","levtype":"sfc","param":"169","step":"0-1/to/7-8","stream":"oper","time":"0000","type":"fc"}
18-on-demand-int-values {"class":"d1","dataset":"on-demand-extremes-dt","date":"20250616","expver":"0099","georef":"u4usq2","levtype":"sfc","param":"167","step":"12","stream":"oper","time":"0000","type":"fc"}
19-on-demand-subhourly-step {"class":"d1","dataset":"on-demand-extremes-dt","date":"20250601","expver":"0099","georef":"u1516b","levtype":"sfc","param":"167","step":"12h15m","stream":"oper","time":"0000","type":"fc"}
21-meteoswiss-ch1-fullfield {"class":"od","date":"20260409","expver":"0001","levtype":"sfc","model":"icon-ch1-eps","param":"500011","step":"0","stream":"enfo","time":"0000","timespan":"none","type":"cf"}
22-odb-ichange-filter {"class":"rd","database":"fdbdev","date":["20150601","20150602"],"domain":"off","expver":"xxxx","filter":"'select * where stationid=\"Ams01\"'","obsgroup":"CONV","obstype":"15","reportype":"16001","stream":"lwda","time":"0000/to/2300/by/1","type":"oai"}
23-mars-archive-metadata {"stream":"oper","levtype":"sfc","param":["165.128","166.128","167.128"],"step":"0","time":["0000","0600","1200","1800"],"date":"20150323","type":"an","class":"od","expver":"0001","domain":"g"}
24-od-timeseries-range {"class":"od","date":"20261119","domain":"g","expver":"0001","feature":{"axes":["latitude","longitude"],"points":[[-9.1,38.78]],"range":{"end":360,"start":0},"time_axis":"step","type":"timeseries"},"format":"covjson","levtype":"sfc","number":"1/to/50","param":["164","167","169"],"stream":"enfo","time":"0000","type":"pf"}
26-od-timeseries-step-in-body {"class":"od","date":"20261119","domain":"g","expver":"0001","feature":{"points":[[-9.1,38.78]],"time_axis":"step","type":"timeseries"},"format":"covjson","levtype":"sfc","number":"1/to/50","param":["164","167","169"],"step":"0/to/360","stream":"enfo","time":"0000","type":"pf"}
27-earthkit-timeseries-ints-and-lists {"class":"od","date":"20261119","domain":"g","expver":"0001","feature":{"axes":"step","points":[[46.5,17]],"range":{"end":360,"start":0},"type":"timeseries"},"format":"covjson","levtype":"sfc","number":"1/to/50","param":["164","167","169"],"stream":"enfo","time":"0000","type":"pf"}
28-climate-dt-timeseries-year {"activity":"projections","class":"d1","dataset":"climate-dt","date":"20400101/to/20410101","experiment":"ssp3-7.0","expver":"0001","feature":{"points":[[38,-9.5]],"time_axis":"date","type":"timeseries"},"generation":"2","levtype":"sfc","model":"ifs-nemo","param":"167","realization":"1","resolution":"standard","stream":"clte","time":"0000/to/2300","type":"fc"}
29-climate-dt-timeseries-clmn {"activity":"baseline","class":"d1","dataset":"climate-dt","experiment":"hist","expver":"0001","feature":{"points":[[48.85,2.35]],"time_axis":"month","type":"timeseries"},"generation":"2","levtype":"sfc","model":"ifs-nemo","month":"1/2/3/4/5/6/7/8/9/10/11/12","param":"avg_2t","realization":"1","resolution":"standard","stream":"clmn","type":"fc","year":"2010"}
31-extremes-dt-timeseries {"class":"d1","dataset":"extremes-dt","date":"20261106","expver":"0001","feature":{"axes":"step","points":[[-9.11,38.79]],"range":{"end":10,"start":0},"type":"timeseries"},"levtype":"sfc","param":["165","167"],"stream":"oper","time":"0000","type":"fc"}
32-extremes-dt-wave-timeseries {"class":"d1","dataset":"extremes-dt","date":"20261106","expver":"0001","feature":{"points":[[46.52550070909342,-26.134053679694034]],"time_axis":"step","type":"timeseries"},"levtype":"sfc","param":"140232","step":"0/to/20","stream":"wave","time":"0000","type":"fc"}
33-on-demand-timeseries-subhourly {"class":"d1","dataset":"on-demand-extremes-dt","date":"20250926","expver":"0099","feature":{"axes":"step","points":[[-9.11,38.79]],"range":{"end":"1h0m","start":"0h0m"},"type":"timeseries"},"georef":"gcgkrb","levtype":"sfc","param":"167","stream":"oper","time":"0000","type":"fc"}
34-meteoswiss-ch2-timeseries {"class":"od","date":"20260409","expver":"0001","feature":{"axes":["longitude","latitude"],"points":[[8.565074,47.453928]],"range":{"end":120,"start":0},"time_axis":"step","type":"timeseries"},"levtype":"sfc","model":"icon-ch2-eps","number":"1","param":"500011","stream":"enfo","time":"0000","timespan":"none","type":"pf"}
36-aifs-timeseries-two-points {"class":"ai","date":"20261119","domain":"g","expver":"0001","feature":{"axes":"step","points":[[-9.1,38.78],[1.1,2.78]],"range":{"end":360,"start":0},"type":"timeseries"},"levtype":"sfc","model":"aifs-single","param":["166","167","169"],"stream":"oper","time":"0000","type":"fc"}
37-polytope-mars-legacy-axis-key {"class":"od","date":"20240915","domain":"g","expver":"0001","feature":{"axis":"step","points":[[38,-9.5]],"type":"timeseries"},"levtype":"sfc","param":["167","168","169"],"step":"0/to/10","stream":"oper","time":"0000","type":"fc"}
38-od-verticalprofile-range {"class":"od","date":"20261119","domain":"g","expver":"0001","feature":{"axes":"levelist","points":[[-9.1,38.78]],"range":{"end":1000,"start":0},"type":"verticalprofile"},"format":"covjson","levtype":"pl","number":"1","param":["203","133"],"step":"0","stream":"enfo","time":"0000","type":"pf"}
39-od-verticalprofile-levelist-in-body {"class":"od","date":"20261119","domain":"g","expver":"0001","feature":{"axes":"levelist","points":[[38.9,-9.1]],"type":"verticalprofile"},"levelist":"0/to/1000","levtype":"pl","number":"1","param":["203","133"],"step":"0","stream":"enfo","time":"0000","type":"pf"}
41-climate-dt-verticalprofile {"activity":"projections","class":"d1","dataset":"climate-dt","date":"20400102","experiment":"ssp3-7.0","expver":"0001","feature":{"points":[[38.9,-9.1]],"type":"verticalprofile"},"generation":"2","levelist":"1/to/1000","levtype":"pl","model":"ifs-nemo","param":"131","realization":"1","resolution":"standard","stream":"clte","time":"0000","type":"fc"}
42-meteoswiss-verticalprofile {"class":"od","date":"20260409","expver":"0001","feature":{"axes":"levelist","points":[[47.453928,8.565074]],"type":"verticalprofile"},"levelist":["100","150","200","250","300","350","400","450","500","550","600","650","700","750","800","850"],"levtype":"pl","model":"icon-ch1-eps","param":"500014","step":"0","stream":"enfo","time":"0000","timespan":"none","type":"cf"}
43-climate-dt-boundingbox {"activity":"projections","class":"d1","dataset":"climate-dt","date":"20400102","experiment":"ssp3-7.0","expver":"0001","feature":{"points":[[53.55,2.76],[50.66,7.86]],"type":"boundingbox"},"generation":"2","levtype":"sfc","model":"ifs-nemo","param":["167","165"],"realization":"1","resolution":"standard","stream":"clte","time":"0000","type":"fc"}
44-extremes-dt-boundingbox-axes {"class":"d1","dataset":"extremes-dt","date":"20261106","expver":"0001","feature":{"axes":["latitude","longitude"],"points":[[53.55,2.76],[50.66,7.86]],"type":"boundingbox"},"levtype":"sfc","param":"167","step":"1","stream":"oper","time":"0000","type":"fc"}
46-meteoswiss-boundingbox-lonlat {"class":"od","date":"20260409","expver":"0001","feature":{"axes":["longitude","latitude"],"points":[[5.8,47.81],[10.5,45.81]],"type":"boundingbox"},"levtype":"sfc","model":"icon-ch1-eps","param":"500011","step":"0","stream":"enfo","time":"0000","timespan":"none","type":"cf"}
47-on-demand-boundingbox-lon360 {"class":"d1","dataset":"on-demand-extremes-dt","date":"20250926","expver":"0099","feature":{"points":[[53.55,356],[52,358]],"type":"boundingbox"},"georef":"gcgkrb","levtype":"sfc","param":"167","step":"1","stream":"oper","time":"0000","type":"fc"}
48-od-polygon-small {"class":"od","date":"20261119","domain":"g","expver":"0001","feature":{"shape":[[-1,1],[-1,0],[0,1]],"type":"polygon"},"format":"covjson","levtype":"sfc","number":"1","param":["164","167","169"],"step":"0","stream":"enfo","time":"0000","type":"pf"}
49-od-polygon-multi {"class":"od","date":"20261119","domain":"g","expver":"0001","feature":{"shape":[[[-1,1],[-1,0],[0,1],[-1,1]],[[-2,2],[-2,1],[1,2],[-2,2]]],"type":"polygon"},"format":"covjson","levtype":"sfc","number":"1","param":["164","167","169"],"step":"0","stream":"enfo","time":"0000","type":"pf"}
51-climate-dt-polygon-clmn {"activity":"baseline","class":"d1","dataset":"climate-dt","experiment":"hist","expver":"0001","feature":{"shape":[[[49,14.1],[49,24.1],[54.9,24.1],[54.9,14.1],[49,14.1]]],"type":"polygon"},"generation":"2","levtype":"sfc","model":"ifs-nemo","month":"7","param":"avg_2t","realization":"1","resolution":"high","stream":"clmn","type":"fc","year":"2010"}
52-od-trajectory-round {"class":"od","date":"20261119","domain":"g","expver":"0001","feature":{"axes":["latitude","longitude"],"inflation":0.1,"points":[[-0.1,-0.1],[0,0],[0.1,0.1]],"type":"trajectory"},"levtype":"sfc","number":"1","param":["164","166","167"],"step":"0","stream":"enfo","time":"0000","type":"pf"}
53-od-trajectory-box {"class":"od","date":"20261119","domain":"g","expver":"0001","feature":{"axes":["latitude","longitude"],"inflate":"box","inflation":[0.1,0.2],"points":[[-0.1,-0.1],[0,0],[0.1,0.1]],"type":"trajectory"},"levtype":"sfc","number":"1","param":["164","166","167"],"step":"0","stream":"enfo","time":"0000","type":"pf"}
54-extremes-dt-trajectory-4d {"class":"d1","dataset":"extremes-dt","date":"20261106","expver":"0001","feature":{"axes":["latitude","longitude","step","levelist"],"inflate":"box","inflation":0.1,"points":[[-1,-1,1,1],[0,0,2,5],[1,1,10,100]],"type":"trajectory"},"levtype":"pl","param":"131","stream":"oper","time":"0000","type":"fc"}
56-on-demand-trajectory-train {"class":"d1","dataset":"on-demand-extremes-dt","date":"20250926","expver":"0099","feature":{"axes":["latitude","longitude"],"inflate":"round","inflation":0.01,"points":[[57.479,355.777],[56.395,356.565],[55.952,356.811],[54.892,357.067],[54.047,357.192],[53.757,357.297],[53.089,357.565],[52.478,358.101]],"type":"trajectory"},"georef":"gcgkrb","levtype":"sfc","param":"167","step":"1","stream":"oper","time":"0000","type":"fc"}
57-meteoswiss-trajectory {"class":"od","date":"20260409","expver":"0001","feature":{"axes":["latitude","longitude"],"inflate":"round","inflation":0.05,"points":[[47.454,8.565],[46.817,6.933],[46.204,6.143],[46.17,8.799]],"type":"trajectory"},"levtype":"sfc","model":"icon-ch1-eps","param":"500011","step":"0","stream":"enfo","time":"0000","timespan":"none","type":"cf"}
58-path-legacy {"class":"od","date":"20231205","domain":"g","expver":"0001","feature":{"points":[[0,0],[1,1],[2,2]],"radius":1,"type":"path"},"levtype":"sfc","number":"1","param":["165","166"],"step":"0","stream":"enfo","time":"0000","type":"pf"}
59-od-circle {"class":"od","date":"20261119","domain":"g","expver":"0001","feature":{"axes":["latitude","longitude"],"center":[[0,50.78]],"radius":1,"type":"circle"},"levtype":"sfc","number":"1","param":["167","169"],"step":"0","stream":"enfo","time":"1200","type":"pf"}
61-od-frame {"class":"od","date":"20231205","domain":"g","expver":"0001","feature":{"inner_box":[[0.1,0.1],[0.15,0.15]],"outer_box":[[0,0],[0.2,0.2]],"type":"frame"},"levtype":"sfc","number":"1","param":["165","166"],"step":"0","stream":"enfo","time":"0000","type":"pf"}
62-od-shapefile {"class":"od","date":"20231205","domain":"g","expver":"0001","feature":{"file":"tests/data/NUTS_RG_01M_2021_4326.shp","type":"shapefile"},"levtype":"sfc","number":"1","param":["165","166"],"step":"0","stream":"enfo","time":"0000","type":"pf"}
63-od-wkt {"class":"od","date":"20231205","domain":"g","expver":"0001","feature":{"shape":"POLYGON ((30 10, 40 40, 20 40, 10 20, 30 10))","type":"wkt"},"levtype":"sfc","number":"1","param":["165","166"],"step":"0","stream":"enfo","time":"0000","type":"pf"}
`;

const now = new Date("2026-11-20T23:30:00Z");
const meant = new Map(
	MEANT.trim()
		.split("\n")
		.map((row) => [
			row.slice(0, row.indexOf(" ")),
			JSON.parse(row.slice(row.indexOf(" "))),
		]),
);

const coerced = (name: string) => {
	const posted = REQUESTS.find((request) => request.name === name)?.request;
	return coerce(parseDocument(posted), { now, config: DEFAULT_COERCION });
};

test("every request has its row", () => {
	expect([...meant.keys()]).toEqual(REQUESTS.map(({ name }) => name));
	expect(meant.size).toBe(51);
});

test.each(REQUESTS)("$name", ({ name }) => {
	expect(coerced(name)).toEqual(meant.get(name));
});

test.each(REQUESTS)("$name can be written out", ({ name }) => {
	const values = expand(coerced(name));
	expect(
		Object.values(values).every(
			(list) => list.length > 0 && list.every((value) => value !== ""),
		),
	).toBe(true);
});

test.each([
	["07-climate-dt-clmn-years", "year", 25, "1990", "2014"],
	["07-climate-dt-clmn-years", "month", 12, "1", "12"],
	["16-extremes-dt-date-range", "date", 7, "20261113", "20261119"],
	["16-extremes-dt-date-range", "step", 121, "0", "120"],
	["17-extremes-dt-step-ranges", "step", 8, "0-1", "7-8"],
	["19-on-demand-subhourly-step", "step", 1, "12h15m", "12h15m"],
	["22-odb-ichange-filter", "time", 24, "0000", "2300"],
	["24-od-timeseries-range", "number", 50, "1", "50"],
	["28-climate-dt-timeseries-year", "date", 367, "20400101", "20410101"],
	["28-climate-dt-timeseries-year", "time", 24, "0000", "2300"],
	["42-meteoswiss-verticalprofile", "levelist", 16, "100", "850"],
])("%s: %s is %i values from %s to %s", (name, key, count, first, last) => {
	const values = expand(coerced(name))[key];
	expect([values?.length, values?.at(0), values?.at(-1)]).toEqual([
		count,
		first,
		last,
	]);
});
