/**
 * Decorators for the questions of the SPI ({@code ...Ask}) and their forms for private keys ({@code ...Key}): a time
 * limit, retries, a circuit breaker, observation; for keys also a fall-back and routing by certificate. They nest in any
 * order.
 */
package dev.lockstep.keys.compose;
