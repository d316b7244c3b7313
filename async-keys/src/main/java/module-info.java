import org.jspecify.annotations.NullMarked;

/**
 * Implementations of the private-key SPI: inline, on an executor, behind a future or four callbacks, in a token, in an
 * ssh-agent, in a key server; and what composes them.
 */
@NullMarked
module dev.lockstep.keys {
    requires static transitive org.jspecify;
    requires transitive dev.lockstep.tls;
    requires dev.lockstep.crypto;

    exports dev.lockstep.keys;
    exports dev.lockstep.keys.protocol;
    exports dev.lockstep.keys.transport;
}
