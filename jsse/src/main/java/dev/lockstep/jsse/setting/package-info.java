/** What an engine is set to, and the configuration of its connection that follows. */
package dev.lockstep.jsse.setting;
