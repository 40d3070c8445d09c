/** Who is in which group, site or other thing that has members. Answers from memory. */
export interface GroupMembers {
  /** Every group that a thing is in, directly or through groups within groups; not the thing itself unless groups hold each other in a circle. */
  groupsOf(thing: string): ReadonlySet<string>;
  /** The same question for one group. Makes nothing. */
  isWithin(thing: string, group: string): boolean;
}

/** Where things stand, as scopes see it. */
export interface Places extends GroupMembers {
  definitionOf(thing: string): string | undefined;
}
