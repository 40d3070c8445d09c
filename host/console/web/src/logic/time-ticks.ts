const two = (value: number): string => String(value).padStart(2, "0");
const day = 86_400;

/** Words under a time axis: the time of day, and the day where a new one begins. @param splits seconds since 1970 @param distance between two, seconds */
export function timeTicks(splits: readonly number[], distance: number): readonly string[] {
  let before = "";
  return splits.map((split) => {
    const date = new Date(split * 1000);
    const today = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
    if (distance >= day) return today.slice(5);
    const clock = `${two(date.getHours())}:${two(date.getMinutes())}${distance < 60 ? `:${two(date.getSeconds())}` : ""}`;
    const text = before !== "" && before !== today ? `${clock}\n${today.slice(5)}` : clock;
    before = today;
    return text;
  });
}
