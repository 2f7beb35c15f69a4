namespace Lucid.Evidence;

public enum MerkleSide
{
    Left,
    Right,
}
