/**
 * Decorators for private keys: a time limit, retries, a circuit breaker, a second key behind the first, routing by
 * certificate, observation. They nest in any order.
 */
package dev.lockstep.keys.compose;
