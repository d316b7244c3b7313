import org.jspecify.annotations.NullMarked;

/**
 * Explains a handshake from the bytes on the wire and from what the connection's observer sees. It is given no key and no
 * secret, so it can print none.
 */
@NullMarked
@SuppressWarnings("module") // the module named in the export is built after this one
module dev.lockstep.explain {
    requires static org.jspecify;
    requires transitive dev.lockstep.tls;

    exports dev.lockstep.explain to
            dev.lockstep.server;
}
