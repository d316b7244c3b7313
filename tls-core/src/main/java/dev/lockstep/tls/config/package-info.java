/**
 * How a server is set up: immutable, built once, shared by all connections.
 *
 * <p>One idiom throughout. What is checked as a whole has a builder: {@code builder()}, setters named as the accessors,
 * {@code build()}, and {@code toBuilder()} for a changed copy. A value that stands by itself ({@link Bounds},
 * {@link ClientAuthentication}, {@link RenegotiationPolicy}) starts from a constant or a factory, and each of its
 * settings has a {@code with} method that returns a changed copy. Every refusal is a
 * {@link dev.lockstep.tls.setting.ConfigException}.
 */
package dev.lockstep.tls.config;
