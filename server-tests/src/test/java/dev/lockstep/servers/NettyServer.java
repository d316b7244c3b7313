package dev.lockstep.servers;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.ssl.ApplicationProtocolNegotiationHandler;
import io.netty.util.ReferenceCountUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/** Netty with one event loop thread, and its own HTTP codecs. */
final class NettyServer implements RunningServer {

    private static final int BACKLOG = 2048;

    private final EventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final Channel listener;

    /** @param tls makes the handler of a connection */
    NettyServer(Function<SocketChannel, ChannelHandler> tls) {
        listener = new ServerBootstrap()
                .group(loop)
                .channel(NioServerSocketChannel.class)
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .childHandler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel channel) {
                        ChannelHandler first = tls.apply(channel);
                        channel.pipeline().addLast(first);
                        if (first instanceof io.netty.handler.ssl.SslHandler) {
                            channel.pipeline().addLast(new Chosen());
                        } else {
                            http1(channel);
                        }
                    }
                })
                .bind(InetAddress.getLoopbackAddress(), 0)
                .syncUninterruptibly()
                .channel();
    }

    @Override
    public int port() {
        return ((InetSocketAddress) listener.localAddress()).getPort();
    }

    @Override
    public void close() {
        listener.close().syncUninterruptibly();
        loop.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly(10, TimeUnit.SECONDS);
    }

    private static void http1(Channel channel) {
        channel.pipeline().addLast(new HttpServerCodec(), new Page1());
    }

    /** Netty's own handler for ALPN. */
    private static final class Chosen extends ApplicationProtocolNegotiationHandler {
        Chosen() {
            super("http/1.1");
        }

        @Override
        protected void configurePipeline(ChannelHandlerContext context, String protocol) {
            if (protocol.equals("h2")) {
                context.pipeline()
                        .addLast(Http2FrameCodecBuilder.forServer().build(), new Http2MultiplexHandler(new Page2()));
            } else {
                http1(context.channel());
            }
        }
    }

    /** The page for GET; what is posted, as it comes, for POST. It reads no more than its client takes. */
    private static final class Page1 extends SimpleChannelInboundHandler<HttpObject> {

        private boolean posted;

        @Override
        protected void channelRead0(ChannelHandlerContext context, HttpObject message) {
            if (message instanceof HttpRequest request) {
                posted = request.method().equals(HttpMethod.POST);
                if (posted) {
                    context.write(new DefaultHttpResponse(HttpVersion.HTTP_1_0, HttpResponseStatus.OK));
                } else {
                    DefaultFullHttpResponse page = new DefaultFullHttpResponse(
                            HttpVersion.HTTP_1_1,
                            HttpResponseStatus.OK,
                            Unpooled.copiedBuffer(PAGE, StandardCharsets.US_ASCII));
                    page.headers().set(HttpHeaderNames.CONTENT_LENGTH, PAGE.length());
                    context.writeAndFlush(page);
                }
            }
            if (posted && message instanceof HttpContent content) {
                ChannelFuture written = context.writeAndFlush(content.retain());
                if (content instanceof LastHttpContent) {
                    written.addListener(ChannelFutureListener.CLOSE);
                }
            }
        }

        @Override
        public void channelWritabilityChanged(ChannelHandlerContext context) {
            context.channel().config().setAutoRead(context.channel().isWritable());
        }
    }

    @Sharable
    private static final class Page2 extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext context, Object frame) {
            if (frame instanceof Http2HeadersFrame headers && headers.isEndStream()) {
                context.write(new DefaultHttp2HeadersFrame(new DefaultHttp2Headers().status("200")));
                context.writeAndFlush(
                        new DefaultHttp2DataFrame(Unpooled.copiedBuffer(PAGE, StandardCharsets.US_ASCII), true));
            }
            ReferenceCountUtil.release(frame);
        }
    }
}
