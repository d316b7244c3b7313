/**
 * The configuration of a server: immutable, built once, shared by all connections.
 *
 * <p>All settings follow one pattern. A setting that is checked together with others is in a builder: {@code
 * builder()}, setters with the names of the accessors, {@code build()}, and {@code toBuilder()} for a changed copy. An
 * independent value ({@link Bounds}, {@link ClientAuthentication}, {@link RenegotiationPolicy}) starts from a constant
 * or a factory, and each of its settings has a {@code with} method that returns a changed copy. Every invalid setting
 * is a {@link dev.lockstep.tls.setting.ConfigException}.
 */
package dev.lockstep.tls.config;
