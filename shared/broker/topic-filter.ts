/** A topic or filter may not be longer than its length prefix can say. MQTT 3.1.1 §1.5.3. */
export const longestTopic = 65_535;

/** True for a topic that a message may carry: not empty, no wildcard, no U+0000. MQTT 3.1.1 §3.3.2.1, §4.7.3. */
export function isTopicName(topic: string): boolean {
  if (topic.length === 0 || topic.length > longestTopic) return false;
  for (let index = 0; index < topic.length; index++) {
    const unit = topic.charCodeAt(index);
    if (unit === 0 || unit === 35 || unit === 43) return false;
  }
  return true;
}

/** True for a well-formed filter: `+` fills a level, `#` fills the last one. MQTT 3.1.1 §4.7.1. */
export function isTopicFilter(filter: string): boolean {
  if (filter.length === 0 || filter.length > longestTopic) return false;
  for (let index = 0; index < filter.length; index++) {
    const unit = filter.charCodeAt(index);
    if (unit === 0) return false;
    if (unit !== 35 && unit !== 43) continue;
    if (index > 0 && filter.charCodeAt(index - 1) !== 47) return false;
    const last = index === filter.length - 1;
    if (unit === 35 ? !last : !last && filter.charCodeAt(index + 1) !== 47) return false;
  }
  return true;
}

/** How many levels a topic or filter has: one more than its slashes. */
export function levelCount(topic: string): number {
  let levels = 1;
  for (let index = 0; index < topic.length; index++) if (topic.charCodeAt(index) === 47) levels++;
  return levels;
}

/** True for a topic or filter of the broker itself: its first character is `$`. MQTT 3.1.1 §4.7.2. */
export function isReserved(topic: string): boolean {
  return topic.charCodeAt(0) === 36;
}

/** True when a filter begins with a wildcard, which never reaches a topic that begins with `$`. MQTT 3.1.1 §4.7.2. */
function startsWild(filter: string): boolean {
  const first = filter.charCodeAt(0);
  return first === 35 || first === 43;
}

/** True when a message on `topic` reaches a subscription to `filter`. Both must be well-formed. MQTT 3.1.1 §4.7. */
export function filterMatches(filter: string, topic: string): boolean {
  return filterCovers(filter, topic);
}

/**
 * True when every topic that `inner` matches is matched by `outer` as well. It never says yes wrongly; it says no to a few filters that are
 * equal in another spelling, such as `+/#` for `#`.
 */
export function filterCovers(outer: string, inner: string): boolean {
  if (startsWild(outer) && isReserved(inner)) return false;
  let at = 0;
  let from = 0;
  for (;;) {
    const end = endOfLevel(outer, at);
    if (outer.charCodeAt(at) === 35 && end === at + 1) return true;
    const stop = endOfLevel(inner, from);
    if (outer.charCodeAt(at) === 43 && end === at + 1) {
      if (inner.charCodeAt(from) === 35 && stop === from + 1) return false;
    } else if (end - at !== stop - from || !outer.startsWith(inner.slice(from, stop), at)) return false;
    if (end === outer.length) return stop === inner.length;
    at = end + 1;
    // The parent of `#` counts as matched: `a/#` covers `a`.
    if (stop === inner.length) return at === outer.length - 1 && outer.charCodeAt(at) === 35;
    from = stop + 1;
  }
}

function endOfLevel(text: string, start: number): number {
  const slash = text.indexOf("/", start);
  return slash === -1 ? text.length : slash;
}
