package dev.berth.spi;

/** Keeps the package in the module until its first type is here. */
interface Placeholder {}
