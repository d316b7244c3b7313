package dev.lockstep.examples;

import dev.lockstep.keys.FutureKey;
import dev.lockstep.netty.LockstepHandler;
import dev.lockstep.tls.config.TlsServerConfig;
import dev.lockstep.tls.credential.Credential;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import java.net.InetSocketAddress;
import java.security.cert.X509Certificate;
import java.util.List;

/** The {@link EchoServer} in Netty: its event loops serve all connections while the key takes its time. */
public final class NettyEchoServer {

    private NettyEchoServer() {}

    /** Begins to listen, on the threads of {@code loops}. */
    static ChannelFuture listen(
            EventLoopGroup loops, InetSocketAddress address, List<X509Certificate> chain, FutureKey key) {
        TlsServerConfig config = TlsServerConfig.builder()
                .credential(Credential.external(chain, key))
                .build();
        return new ServerBootstrap()
                .group(loops)
                .channel(NioServerSocketChannel.class)
                .option(ChannelOption.SO_BACKLOG, 1024)
                .childHandler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channel.pipeline().addLast(new LockstepHandler(config), new Echo());
                    }
                })
                .bind(address);
    }

    /** Sends back what comes, and stops reading while the client does not. */
    private static final class Echo extends ChannelInboundHandlerAdapter {

        @Override
        public void channelRead(ChannelHandlerContext context, Object data) {
            context.writeAndFlush(data).addListener(ChannelFutureListener.CLOSE_ON_FAILURE);
        }

        @Override
        public void channelWritabilityChanged(ChannelHandlerContext context) {
            context.channel().config().setAutoRead(context.channel().isWritable());
            context.fireChannelWritabilityChanged();
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            // The handler of TLS has sent the alert, if there is one, and closes the channel.
        }
    }
}
