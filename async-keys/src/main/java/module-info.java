import org.jspecify.annotations.NullMarked;

/**
 * Bridges and decorators for every question of the SPI, and private keys: in memory, in a token, in an
 * ssh-agent, in a key server, behind four callbacks.
 */
@NullMarked
@SuppressWarnings("module") // the modules named in the exports are built after this one
module dev.lockstep.keys {
    requires static transitive org.jspecify;
    requires transitive dev.lockstep.tls;
    requires dev.lockstep.crypto;

    exports dev.lockstep.keys;
    exports dev.lockstep.keys.compose;
    exports dev.lockstep.keys.pkcs11;
    exports dev.lockstep.keys.sshagent;
    exports dev.lockstep.keys.keyserver;
    exports dev.lockstep.keys.keyserver.protocol to
            dev.lockstep.server;
    exports dev.lockstep.keys.keyserver.transport to
            dev.lockstep.server;
    exports dev.lockstep.keys.uri to
            dev.lockstep.jsse,
            dev.lockstep.server;
}
