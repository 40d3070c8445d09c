// A process that does nothing, to weigh others by.
console.log("{}");
setInterval(() => undefined, 60_000);
