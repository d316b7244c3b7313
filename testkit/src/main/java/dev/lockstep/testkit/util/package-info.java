/** What tests need to repeat themselves exactly: a clock that stands still, seeded randomness, byte arithmetic. */
package dev.lockstep.testkit.util;
