/** A socket that holds a local port: TCP that listens, UDP that is bound. */
export interface Listener {
  protocol: 'tcp' | 'udp'
  /** In plain form: 127.0.0.1, ::1, 0.0.0.0, ::, without brackets or zone. */
  address: string
  port: number
  /** Null where the system does not tell, or has not been asked yet (`resolveOwners`). */
  pid: number | null
  name: string | null
  /** Linux only: the socket's inode, by which its owner is found. */
  inode?: number
}

/** The way one operating system tells about its listeners. */
export interface ListenerReader {
  /** The table as it is now; empty where the system can't be asked. Cheap: owners may be missing. */
  read(): Promise<Listener[]>
  /** The same listeners with pid and name where the system tells. */
  resolveOwners(listeners: readonly Listener[]): Promise<Listener[]>
}
