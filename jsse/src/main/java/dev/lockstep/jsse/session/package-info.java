/** Sessions as javax.net.ssl shows them, and the cache that they are resumed from. */
package dev.lockstep.jsse.session;
