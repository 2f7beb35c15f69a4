// The three ways a bundle fails to be accepted. Anything else that is thrown is a defect of this program.

/** Something in the bundle does not hold: exit 1. */
export class Invalid extends Error {
  constructor(message, where = undefined) {
    super(message);
    this.where = where;
  }
}

/** There is no bundle to judge: exit 2. */
export class Unreadable extends Error {}

/** What the caller gave (a hash, a tree head, a key) cannot be used: exit 2. */
export class Unusable extends Error {}

export function require(holds, message) {
  if (!holds) throw new Invalid(message);
}

/** Runs a step and names the part of the bundle in which it fails. */
export function within(where, step) {
  try {
    return step();
  } catch (error) {
    if (error instanceof Invalid && error.where === undefined) error.where = where;
    throw error;
  }
}
