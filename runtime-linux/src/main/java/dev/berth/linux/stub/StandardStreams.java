package dev.berth.linux.stub;

import dev.berth.linux.sys.Fd;

/** What a program finds as its descriptors 0, 1 and 2; they stay the caller's. */
public record StandardStreams(Fd input, Fd output, Fd error) {}
