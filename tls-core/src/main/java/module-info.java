import org.jspecify.annotations.NullMarked;

/**
 * A TLS 1.2 server that is stepped through: no sockets, no threads, no timers; clocks and randomness can be replaced.
 *
 * <p>{@code dev.lockstep.tls} is what an embedder imports, {@code .config} how a server is set up, {@code .setting} how a
 * setting is refused. {@code .key} is the SPI of a private key that may live elsewhere, {@code .wait} how an answer from
 * outside is awaited, {@code .peer} the SPI that judges a client's certificate. {@code .session} has what resumption needs,
 * {@code .spec} the numbers that IANA keeps. Everything below {@code internal} is closed.
 */
@NullMarked
@SuppressWarnings("module") // the module named in an export is built after this one
module dev.lockstep.tls {
    requires static transitive org.jspecify;
    requires dev.lockstep.crypto;

    exports dev.lockstep.tls;
    exports dev.lockstep.tls.config;
    exports dev.lockstep.tls.internal.algorithm to
            dev.lockstep.keys;
    exports dev.lockstep.tls.credential;
    exports dev.lockstep.tls.key;
    exports dev.lockstep.tls.peer;
    exports dev.lockstep.tls.provider;
    exports dev.lockstep.tls.psk;
    exports dev.lockstep.tls.session;
    exports dev.lockstep.tls.setting;
    exports dev.lockstep.tls.spec;
    exports dev.lockstep.tls.wait;
}
