import autocannon from "autocannon";

// Asks one thing after another over 50 connections: `node api-load.ts URL KEY GET|PATCH THINGS SECONDS`. Says how many answers came a second.
const [url = "", key = "", method = "GET", count = "1", seconds = "1"] = process.argv.slice(2);
let turn = 0;

const result = await autocannon({
  url,
  connections: 50,
  duration: Number(seconds),
  requests: [
    {
      method: method === "PATCH" ? "PATCH" : "GET",
      headers: { authorization: `Bearer ${key}`, "content-type": "application/merge-patch+json" },
      setupRequest: (request) => {
        turn += 1;
        const thing = `/api/v1/things/pump-${(turn * 7919) % Number(count)}`;
        if (method !== "PATCH") return { ...request, path: thing };
        return { ...request, path: `${thing}/features/speed`, body: JSON.stringify({ desired: { value: turn } }) };
      },
    },
  ],
});
console.log(JSON.stringify({ rate: result["2xx"] / result.duration, failed: result.non2xx + result.errors }));
