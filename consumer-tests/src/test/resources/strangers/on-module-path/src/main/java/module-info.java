/** An application that names what it needs: each published module of Lockstep that has an API. */
module org.example.modular {
    requires dev.lockstep.jsse;
    requires dev.lockstep.keys;
    requires dev.lockstep.netty;
    requires dev.lockstep.nio;
    requires dev.lockstep.testkit;
    requires dev.lockstep.tls;
}
